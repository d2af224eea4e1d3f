#include "workers/notifier/upgrade.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base/limits.h"
#include "workers/notifier/frames.h"
#include "workers/notifier/request_head.h"

namespace itn::workers::notifier {
namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 414:
            return "URI Too Long";
        case 426:
            return "Upgrade Required";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "OK";
    }
}

Decision refuse(int status, std::string_view slug, std::string_view detail,
                std::string_view extra_headers = {}) {
    return {.asked = Asked::refused,
            .reply = refusal(status, slug, detail, extra_headers),
            .status = status};
}

/// 22 characters of base64 and two paddings are 16 bytes; the last character has two bits only.
bool is_websocket_key(std::string_view key) {
    const auto is_base64 = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    return key.size() == 24 && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, 22), is_base64) &&
           std::string_view("AQgw").find(key[21]) != std::string_view::npos;
}

bool has_body(const RequestHead& head) {
    if (head.count("transfer-encoding") != 0) return true;
    const auto length = head.only("content-length");
    return head.count("content-length") != 0 && length != "0";
}

std::string origin_headers(const RequestHead& head) {
    const auto origin = head.only("origin");
    if (!origin) return {};
    return "Access-Control-Allow-Origin: " + std::string(*origin) + "\r\nVary: Origin\r\n";
}

Decision websocket(const RequestHead& head, Decision decision) {
    if (!head.has_token("upgrade", "websocket") || !head.has_token("connection", "upgrade"))
        return refuse(426, "upgrade_required",
                      "upgrade to WebSocket (RFC 6455) with Connection: Upgrade and Upgrade: "
                      "websocket, or ask with Accept: text/event-stream",
                      "Connection: Upgrade\r\nUpgrade: websocket\r\n");
    if (head.only("sec-websocket-version") != "13")
        return refuse(426, "websocket_version", "this server speaks WebSocket version 13",
                      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    const auto key = head.only("sec-websocket-key");
    if (!key || !is_websocket_key(*key))
        return refuse(400, "websocket_key", "Sec-WebSocket-Key is 16 bytes in base64, once");
    decision.asked = Asked::websocket;
    decision.status = 101;
    decision.reply =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_key(*key) + "\r\n\r\n";
    return decision;
}

Decision updates(const RequestHead& head, const Origins& origins) {
    auto query = head.query();
    if (!query) return refuse(400, "malformed", "a %-escape of the query is broken");
    const auto is_secret = [](const auto& pair) {
        return pair.first == "token" || pair.first == "access_token" || pair.first == "ticket";
    };
    if (std::ranges::any_of(*query, is_secret))
        return refuse(401, "token_in_url", "a token in a URL is seen by others: send it inside",
                      "WWW-Authenticate: Bearer\r\n");
    const auto origin = head.only("origin");
    if (head.count("origin") != 0 &&
        !(origin && (is_loopback_origin(*origin) || std::ranges::count(origins, *origin) != 0)))
        return refuse(403, "origin", "pages of this origin may not connect");
    Decision decision{.query = std::move(*query),
                      .last_event_id = std::string(head.only("last-event-id").value_or(""))};
    if (head.count("upgrade") != 0) return websocket(head, std::move(decision));
    if (!head.has_token("accept", "text/event-stream"))
        return refuse(400, "upgrade_required",
                      "this is a live feed: upgrade to WebSocket, or ask with Accept: "
                      "text/event-stream");
    decision.asked = Asked::event_stream;
    decision.status = 200;
    decision.reply =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\nX-Accel-Buffering: no\r\n" +
        origin_headers(head) + "\r\n";
    return decision;
}

}  // namespace

std::string refusal(int status, std::string_view slug, std::string_view detail,
                    std::string_view extra_headers) {
    const std::string number = std::to_string(status);
    const std::string title(reason_phrase(status));
    const std::string body = R"({"type":")" + std::string(slug) + R"(","title":")" + title +
                             R"(","status":)" + number + R"(,"detail":")" + std::string(detail) +
                             "\"}";
    std::string reply = "HTTP/1.1 " + number + " " + title + "\r\n";
    reply += "Content-Type: application/problem+json\r\nContent-Length: ";
    reply += std::to_string(body.size()) + "\r\n" + std::string(extra_headers);
    if (extra_headers.find("Connection:") == std::string_view::npos)
        reply += "Connection: close\r\n";
    return reply + "\r\n" + body;
}

bool is_loopback_origin(std::string_view origin) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!origin.starts_with(scheme)) continue;
        for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
            std::string_view rest = origin.substr(scheme.size());
            if (!rest.starts_with(host)) continue;
            rest.remove_prefix(host.size());
            if (rest.empty()) return true;
            return rest.size() >= 2 && rest.size() <= 6 && rest.front() == ':' &&
                   std::ranges::all_of(rest.substr(1), [](char c) { return c >= '0' && c <= '9'; });
        }
    }
    return false;
}

std::size_t head_size(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    return end == std::string_view::npos ? end : end + 4;
}

Decision decide_upgrade(std::string_view bytes, const Origins& origins) {
    const auto head = parse_head(bytes);
    if (!head) return refuse(400, "malformed", "not a well-formed HTTP/1.1 request");
    if (head->target.size() > limits::max_target)
        return refuse(414, "target_too_long", "the request target is too long");
    if (head->major != 1 || head->minor != 1)
        return refuse(505, "http_version", "this server speaks HTTP/1.1");
    if (!head->only("host")) return refuse(400, "malformed", "a request has one Host");
    const std::string_view path = head->path();
    const bool is_feed = path == "/api/updates/real-time" || path == "/ws/updates";
    if (!is_feed && path != "/livez") return refuse(404, "not_found", "there is no such page");
    if (head->method != "GET") return refuse(405, "method", "only GET", "Allow: GET\r\n");
    if (has_body(*head)) return refuse(400, "body", "this request has no body");
    if (is_feed) return updates(*head, origins);
    return {.asked = Asked::live,
            .reply =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                "Connection: close\r\n\r\nlive\n",
            .status = 200};
}

}  // namespace itn::workers::notifier
