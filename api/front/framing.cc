// The grammar, a strict subset of RFC 9112:
//
//     head    = line *( header CRLF ) CRLF            at most limits::max_head bytes
//     line    = method SP target SP version CRLF
//     method  = 1*16 tchar
//     target  = path [ "?" query ]                    at most limits::max_target bytes
//     path    = "/" *visible                          without "//" and "#"
//     version = "HTTP/1.1" | "HTTP/1.0"               else 505
//     header  = 1*tchar ":" *( SP | HTAB | %x21-7E | %x80-FF )   at most limits::max_headers
//     CRLF    = %x0D.0A                               a bare one of the two is refused
//
// Host stands once (HTTP/1.0 may omit it), Authorization at most once. A body is announced by one
// Content-Length of digits only; Transfer-Encoding is refused with 411, and together with
// Content-Length with 400.

#include "api/front/framing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>

#include "common/base/limits.h"

namespace itn::api::front {

namespace {

constexpr std::size_t max_method = 16;

constexpr std::array<bool, 256> token_characters() {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}
constexpr auto token_table = token_characters();

bool is_token_character(char c) {
    return token_table[static_cast<unsigned char>(c)];
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_value_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool is_target_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && byte != '#';
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes the text up to the next `separator` off the front of `rest`; all of it when there is none.
std::string_view take_until(std::string_view& rest, std::string_view separator) {
    const auto end = rest.find(separator);
    const auto taken = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + separator.size());
    return taken;
}

/// Digits only; what does not fit is as large as can be, and so above every bound.
std::optional<std::uint64_t> parse_length(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::uint64_t length = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (__builtin_mul_overflow(length, std::uint64_t{10}, &length) ||
            __builtin_add_overflow(length, digit, &length)) {
            const bool digits =
                std::ranges::all_of(text, [](char d) { return d >= '0' && d <= '9'; });
            if (!digits) return std::nullopt;
            return std::numeric_limits<std::uint64_t>::max();
        }
    }
    return length;
}

std::optional<FramingFault> check_version(std::string_view version) {
    if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
    const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                             version[6] == '.' && version[5] >= '0' && version[5] <= '9' &&
                             version[7] >= '0' && version[7] <= '9';
    if (well_formed) return FramingFault{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
    return FramingFault{400, "malformed request line"};
}

std::optional<FramingFault> parse_target(std::string_view target, Head& head) {
    if (target.size() > limits::max_target) return FramingFault{414, "the target is too long"};
    if (!target.starts_with('/') || !std::ranges::all_of(target, is_target_character))
        return FramingFault{400, "malformed request target"};
    head.query = target;
    head.path = take_until(head.query, "?");
    if (head.path.find("//") != std::string_view::npos)
        return FramingFault{400, "empty segment in the path"};
    return std::nullopt;
}

std::optional<FramingFault> parse_request_line(std::string_view line, Head& head) {
    head.method = take_until(line, " ");
    const auto target = take_until(line, " ");
    if (head.method.size() > max_method || !is_token(head.method) || target.empty())
        return FramingFault{400, "malformed request line"};
    if (const auto fault = check_version(line)) return fault;
    head.is_1_0 = line == "HTTP/1.0";
    return parse_target(target, head);
}

/// What the headers said about framing, each thing at most once.
struct Framing {
    bool length = false;
    bool transfer_encoding = false;
    bool host = false;
    bool authorization = false;
    bool close = false;
    bool keep_alive = false;
};

void note_connection(std::string_view value, Framing& framing) {
    while (!value.empty()) {
        const auto option = trimmed(take_until(value, ","));
        if (same_name(option, "close")) framing.close = true;
        if (same_name(option, "keep-alive")) framing.keep_alive = true;
    }
}

std::optional<FramingFault> note_header(std::string_view name, std::string_view value, Head& head,
                                        Framing& framing) {
    if (same_name(name, "content-length")) {
        const auto length = parse_length(value);
        if (framing.length || !length) return FramingFault{400, "malformed Content-Length"};
        framing.length = true;
        head.body_size = *length;
    } else if (same_name(name, "transfer-encoding")) {
        framing.transfer_encoding = true;
    } else if (same_name(name, "host")) {
        if (framing.host) return FramingFault{400, "more than one Host"};
        framing.host = true;
    } else if (same_name(name, "authorization")) {
        if (framing.authorization) return FramingFault{400, "more than one Authorization"};
        framing.authorization = true;
    } else if (same_name(name, "connection")) {
        note_connection(value, framing);
    } else if (same_name(name, "expect")) {
        head.expects_continue = !head.is_1_0 && same_name(value, "100-continue");
    }
    return std::nullopt;
}

std::optional<FramingFault> parse_header(std::string_view line, Head& head, Framing& framing) {
    if (head.headers.size() == limits::max_headers) return FramingFault{431, "too many headers"};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return FramingFault{400, "malformed header name"};
    const auto value = line.substr(colon + 1);
    if (!std::ranges::all_of(value, is_value_character))
        return FramingFault{400, "control character in a header"};
    head.headers.emplace_back(line.substr(0, colon), trimmed(value));
    return note_header(line.substr(0, colon), head.headers.back().second, head, framing);
}

std::optional<FramingFault> conclude(const Framing& framing, Head& head) {
    if (framing.transfer_encoding && framing.length)
        return FramingFault{400, "both Content-Length and Transfer-Encoding"};
    if (framing.transfer_encoding) return FramingFault{411, "a body needs a Content-Length"};
    if (!head.is_1_0 && !framing.host) return FramingFault{400, "Host is missing"};
    head.keep_alive = !framing.close && (!head.is_1_0 || framing.keep_alive);
    return std::nullopt;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::ranges::equal(a, b, {}, lower, lower);
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

std::variant<std::size_t, FramingFault> HeadScanner::find_end(std::string_view bytes) {
    while (scanned_ < bytes.size()) {
        const auto feed = bytes.find('\n', scanned_);
        if (feed == std::string_view::npos) break;
        if (feed == line_start_ || bytes[feed - 1] != '\r')
            return FramingFault{400, "a line must end in CR LF"};
        if (feed >= limits::max_head) break;
        scanned_ = feed + 1;
        if (feed == line_start_ + 1) return scanned_;
        line_start_ = scanned_;
    }
    if (bytes.size() <= limits::max_head) {
        scanned_ = bytes.size();
        return std::size_t{0};
    }
    if (line_start_ == 0) return FramingFault{414, "the request line is too long"};
    return FramingFault{431, "the headers are too large"};
}

std::variant<Head, FramingFault> parse_head(std::string_view bytes) {
    Head head;
    Framing framing;
    head.headers.reserve(16);
    if (const auto fault = parse_request_line(take_until(bytes, "\r\n"), head)) return *fault;
    while (true) {
        const auto line = take_until(bytes, "\r\n");
        if (line.empty()) break;
        if (const auto fault = parse_header(line, head, framing)) return *fault;
    }
    if (const auto fault = conclude(framing, head)) return *fault;
    return head;
}

}  // namespace itn::api::front
