#include "api/answers.h"

#include <utility>

#include "api/etag.h"

namespace itn::api {

namespace {

/// Everything but RFC 3986's unreserved characters is escaped.
void append_escaped(std::string& out, std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        if (plain.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 0xfU];
    }
}

void answer(Call& call, std::string body, const wire::Position* position, std::string etag,
            std::vector<std::pair<std::string, std::string>> headers) {
    const bool is_known = is_not_modified(call.request(), etag);
    headers.emplace_back("ETag", std::move(etag));
    if (position != nullptr) headers.emplace_back(position_header, wire::render(*position));
    headers.emplace_back("Cache-Control", "private, no-cache");
    headers.emplace_back("Vary", "Authorization");
    call.reply({.status = is_known ? 304 : 200,
                .body = is_known ? std::string() : std::move(body),
                .content_type = "application/json",
                .headers = std::move(headers)});
}

}  // namespace

void append_parameter(std::string& target, std::string_view name, std::string_view value) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    append_escaped(target, name);
    target += '=';
    append_escaped(target, value);
}

std::string joined(const std::vector<std::string>& rows) {
    std::string out = "[";
    for (const auto& row : rows) {
        if (out.size() > 1) out += ',';
        out += row;
    }
    return out += ']';
}

std::string target_with_cursor(const front::Request& request, std::string_view cursor) {
    std::string target = request.path;
    for (const auto& [name, value] : request.query)
        if (name != "cursor") append_parameter(target, name, value);
    append_parameter(target, "cursor", cursor);
    return target;
}

void answer_read(Call& call, std::string body, const wire::Position& position, std::string etag) {
    if (etag.empty()) etag = body_etag(body);
    answer(call, std::move(body), &position, std::move(etag), {});
}

void answer_list(Call& call, const List& list, const wire::Position* position) {
    std::string body(1, '{');
    body.append(list.before).append(1, '"').append(list.member).append("\":");
    body += joined(list.rows);
    std::vector<std::pair<std::string, std::string>> headers;
    if (list.next) {
        const auto cursor = render_cursor(list.name, *list.next);
        body += ",\"nextCursor\":\"" + cursor + "\"";
        headers.emplace_back("Link",
                             "<" + target_with_cursor(call.request(), cursor) + ">; rel=\"next\"");
    }
    body += '}';
    auto etag = body_etag(body);
    answer(call, std::move(body), position, std::move(etag), std::move(headers));
}

void answer_list(Call& call, const List& list, const wire::Position& position) {
    answer_list(call, list, &position);
}

}  // namespace itn::api
