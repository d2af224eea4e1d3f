#include "api/front/render.h"

#include <pistache/http_defs.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/front/framing.h"

namespace itn::api::front {

namespace {

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// A value cannot end its header: CR, LF and NUL become blanks.
void append_value(std::string& out, std::string_view value) {
    const auto start = out.size();
    out.append(value);
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
        [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    append_value(out, value);
    out.append("\r\n");
}

bool is_framing_header(std::string_view name) {
    constexpr std::array<std::string_view, 4> framing = {"content-length", "connection", "date",
                                                         "transfer-encoding"};
    return std::ranges::any_of(framing, [&](auto other) { return same_name(name, other); });
}

bool has_no_body(int status) {
    return status == 204 || status == 304;
}

}  // namespace

void append_reply(std::string& out, const Reply& reply, const Rendering& rendering) {
    const int status = reply.status >= 200 && reply.status <= 599 ? reply.status : 500;
    const bool bodiless = has_no_body(status);
    std::size_t size = 192 + reply.body.size();
    for (const auto& [name, value] : reply.headers)
        size += name.size() + value.size() + 4;
    out.reserve(out.size() + size);

    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(status));
    out.append(" ").append(Pistache::Http::codeString(static_cast<Pistache::Http::Code>(status)));
    out.append("\r\n");
    append_header(out, "Date", rendering.date);
    if (!bodiless) {
        if (!reply.content_type.empty()) append_header(out, "Content-Type", reply.content_type);
        out.append("Content-Length: ");
        append_number(out, reply.body.size());
        out.append("\r\n");
    }
    if (rendering.close)
        out.append("Connection: close\r\n");
    else if (rendering.to_1_0)
        out.append("Connection: keep-alive\r\n");
    for (const auto& [name, value] : reply.headers)
        if (is_token(name) && !is_framing_header(name)) append_header(out, name, value);
    out.append("\r\n");
    if (!bodiless && !rendering.to_head) out.append(reply.body);
}

std::string_view DateLine::at(std::time_t now) {
    if (now != made_for_) {
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        std::array<char, 40> text{};
        const auto size =
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        text_.assign(text.data(), size);
        made_for_ = now;
    }
    return text_;
}

}  // namespace itn::api::front
