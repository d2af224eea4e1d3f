#include "workers/notifier/request_head.h"

#include <http_parser.h>

#include <algorithm>
#include <charconv>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_no_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Every line ends in CR LF, none is folded, and there is no NUL or lone CR.
bool has_clean_lines(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const char c = bytes[at];
        if (c == '\0') return false;
        if (c == '\r' && (at + 1 == bytes.size() || bytes[at + 1] != '\n')) return false;
        if (c != '\n') continue;
        if (at == 0 || bytes[at - 1] != '\r') return false;
        if (at + 1 < bytes.size() && (bytes[at + 1] == ' ' || bytes[at + 1] == '\t')) return false;
    }
    return true;
}

struct Collector {
    RequestHead head{};
    bool in_value = false;

    static Collector& of(http_parser* parser) { return *static_cast<Collector*>(parser->data); }
    static int on_url(http_parser* parser, const char* at, std::size_t size) {
        of(parser).head.target.append(at, size);
        return 0;
    }
    static int on_field(http_parser* parser, const char* at, std::size_t size) {
        Collector& self = of(parser);
        if (self.in_value || self.head.headers.empty()) self.head.headers.emplace_back();
        self.in_value = false;
        std::transform(at, at + size, std::back_inserter(self.head.headers.back().first), lower);
        return self.head.headers.size() > limits::max_headers ? 1 : 0;
    }
    static int on_value(http_parser* parser, const char* at, std::size_t size) {
        Collector& self = of(parser);
        self.in_value = true;
        self.head.headers.back().second.append(at, size);
        return 0;
    }
    static int on_complete(http_parser* parser) {
        Collector& self = of(parser);
        self.head.method = http_method_str(static_cast<http_method>(parser->method));
        self.head.major = parser->http_major;
        self.head.minor = parser->http_minor;
        return 0;
    }
};

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+') {
            out.push_back(' ');
            continue;
        }
        if (text[at] != '%') {
            out.push_back(text[at]);
            continue;
        }
        unsigned value = 0;
        if (at + 2 >= text.size() ||
            std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr !=
                text.data() + at + 3)
            return std::nullopt;
        out.push_back(static_cast<char>(value));
        at += 2;
    }
    return out;
}

}  // namespace

std::optional<std::string_view> RequestHead::only(std::string_view name) const {
    if (count(name) != 1) return std::nullopt;
    const auto found =
        std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
    return trimmed(found->second);
}

std::size_t RequestHead::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count(headers, name, &std::pair<std::string, std::string>::first));
}

std::string_view RequestHead::last(std::string_view name) const {
    const auto found = std::find_if(headers.rbegin(), headers.rend(),
                                    [&](const auto& header) { return header.first == name; });
    return found == headers.rend() ? std::string_view() : std::string_view(found->second);
}

bool RequestHead::has_token(std::string_view name, std::string_view token) const {
    for (const auto& [key, value] : headers) {
        if (key != name) continue;
        for (std::size_t at = 0; at <= value.size();) {
            const std::size_t comma = std::min(value.find(',', at), value.size());
            const std::string_view item = std::string_view(value).substr(at, comma - at);
            if (equal_no_case(trimmed(item.substr(0, item.find(';'))), token)) return true;
            at = comma + 1;
        }
    }
    return false;
}

std::string_view RequestHead::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::optional<std::vector<std::pair<std::string, std::string>>> RequestHead::query() const {
    std::vector<std::pair<std::string, std::string>> pairs;
    const std::size_t mark = target.find('?');
    if (mark == std::string::npos) return pairs;
    const std::string_view text = std::string_view(target).substr(mark + 1);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('&', at), text.size());
        const std::string_view pair = text.substr(at, end - at);
        at = end + 1;
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = percent_decoded(pair.substr(0, equals));
        auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value) return std::nullopt;
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

std::optional<RequestHead> parse_head(std::string_view bytes) {
    if (!has_clean_lines(bytes)) return std::nullopt;
    Collector collector;
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &collector;
    http_parser_settings settings;
    http_parser_settings_init(&settings);
    settings.on_url = Collector::on_url;
    settings.on_header_field = Collector::on_field;
    settings.on_header_value = Collector::on_value;
    settings.on_headers_complete = Collector::on_complete;
    http_parser_execute(&parser, &settings, bytes.data(), bytes.size());
    if (parser.http_errno != HPE_OK || collector.head.method.empty()) return std::nullopt;
    return std::move(collector.head);
}

}  // namespace itn::workers::notifier
