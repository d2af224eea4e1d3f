#include "workers/notifier/upgrade.h"

#include <algorithm>
#include <charconv>

#include "common/base/limits.h"
#include "common/runtime/trace.h"
#include "workers/notifier/frames.h"
#include "workers/notifier/request_head.h"

namespace itn::workers::notifier {
namespace {

Decision refuse(std::string_view slug, std::string_view detail, const Occasion& occasion = {},
                std::string_view extra_headers = {}) {
    auto [status, reply] = refusal(slug, detail, occasion, extra_headers);
    return {
        .asked = Asked::refused, .reply = std::move(reply), .status = status, .occasion = occasion};
}

/// Behind a gateway the client may speak HTTP/2, which has no Upgrade: an answer with one is broken
/// there.
Decision upgrade_required(const RequestHead& head, const Occasion& occasion,
                          std::string_view detail) {
    return refuse("upgrade_required", detail, occasion,
                  head.has_token("x-forwarded-proto", "https")
                      ? "Connection: close\r\nSec-WebSocket-Version: 13\r\n"
                      : "Connection: Upgrade, close\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\n");
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

constexpr std::string_view how_to_enter =
    "upgrade to WebSocket (RFC 6455) with Connection: Upgrade and Upgrade: websocket, or ask with "
    "Accept: text/event-stream";

Decision websocket(const RequestHead& head, Decision decision) {
    if (!head.has_token("upgrade", "websocket") || !head.has_token("connection", "upgrade"))
        return upgrade_required(head, decision.occasion, how_to_enter);
    if (head.only("sec-websocket-version") != "13")
        return upgrade_required(head, decision.occasion, "this server speaks WebSocket version 13");
    const auto key = head.only("sec-websocket-key");
    if (!key || !is_websocket_key(*key))
        return refuse("bad_request", "Sec-WebSocket-Key is 16 bytes in base64, once",
                      decision.occasion);
    decision.asked = Asked::websocket;
    decision.status = 101;
    decision.reply =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_key(*key) + "\r\n\r\n";
    return decision;
}

bool is_allowed(std::string_view origin, const Origins& origins) {
    return std::ranges::count(origins, origin) != 0 ||
           (std::ranges::count(origins, "loopback") != 0 && is_loopback_origin(origin));
}

Decision updates(const RequestHead& head, const Origins& origins, Occasion occasion) {
    auto query = head.query();
    if (!query) return refuse("bad_request", "a %-escape of the query is broken", occasion);
    const auto is_secret = [](const auto& pair) {
        return pair.first == "token" || pair.first == "access_token" || pair.first == "ticket";
    };
    if (std::ranges::any_of(*query, is_secret))
        return refuse("token_in_url", "send the token in the first frame", occasion,
                      "WWW-Authenticate: Bearer\r\n");
    const auto origin = head.only("origin");
    if (head.count("origin") != 0 && !(origin && is_allowed(*origin, origins)))
        return refuse("forbidden", "pages of this origin may not connect", occasion);
    Decision decision{.query = std::move(*query),
                      .last_event_id = std::string(head.only("last-event-id").value_or("")),
                      .forwarded_for = std::string(head.last("x-forwarded-for")),
                      .occasion = std::move(occasion)};
    if (head.count("upgrade") != 0) return websocket(head, std::move(decision));
    if (!head.has_token("accept", "text/event-stream"))
        return upgrade_required(head, decision.occasion, how_to_enter);
    decision.asked = Asked::event_stream;
    if (const auto authorization = head.only("authorization"))
        decision.authorization = std::string(*authorization);
    decision.status = 200;
    decision.reply =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\nX-Accel-Buffering: no\r\n" +
        origin_headers(head) + "\r\n";
    return decision;
}

}  // namespace

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
    if (!head) return refuse("bad_request", "not a well-formed HTTP/1.1 request");
    const std::string_view path = head->path();
    Occasion occasion{.instance = std::string(path),
                      .trace_id = runtime::trace_from(head->only("traceparent")).id};
    if (head->target.size() > limits::max_target)
        return refuse("uri_too_long", "the request target is too long",
                      {.trace_id = occasion.trace_id});
    if (head->major != 1 || head->minor != 1)
        return refuse("http_version_not_supported", "this server speaks HTTP/1.1", occasion);
    if (!head->only("host")) return refuse("bad_request", "a request has one Host", occasion);
    const bool is_feed = path == "/api/updates/real-time" || path == "/api/updates/real-time/" ||
                         path == "/ws/updates";
    if (!is_feed && path != "/livez") return refuse("not_found", "there is no such page", occasion);
    if (head->method != "GET")
        return refuse("method_not_allowed", "only GET", occasion, "Allow: GET\r\n");
    if (has_body(*head)) return refuse("bad_request", "this request has no body", occasion);
    if (is_feed) return updates(*head, origins, std::move(occasion));
    return {.asked = Asked::live,
            .reply =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                "Connection: close\r\n\r\nlive\n",
            .status = 200};
}

}  // namespace itn::workers::notifier
