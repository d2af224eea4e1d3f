#include "api/etag.h"

#include <charconv>

#include "common/wire/ids.h"

namespace itn::api {

namespace {

constexpr std::size_t hash_digits = 32;

std::optional<std::int64_t> version_of_etag(std::string_view etag) {
    if (etag.size() < 4 || !etag.starts_with("\"v") || !etag.ends_with('"')) return std::nullopt;
    const auto digits = etag.substr(2, etag.size() - 3);
    std::int64_t version = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), version);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    if (version < 0 || version_etag(version) != etag) return std::nullopt;
    return version;
}

}  // namespace

std::string version_etag(std::int64_t version) {
    std::string etag("\"v");
    return etag.append(std::to_string(version)).append(1, '"');
}

std::string body_etag(std::string_view body) {
    std::string etag(1, '"');
    return etag.append(wire::sha256_hex(body), 0, hash_digits).append(1, '"');
}

bool is_not_modified(const front::Request& request, std::string_view etag) {
    const auto given = request.header("if-none-match");
    if (!given) return false;
    if (*given == "*") return true;
    // Our tags hold neither commas nor quotes inside, so looking for the tag whole is exact.
    return given->find(etag) != std::string_view::npos;
}

Result<std::int64_t> expected_version(const front::Request& request,
                                      std::optional<std::int64_t> of_body) {
    const auto given = request.header("if-match");
    if (!given && of_body) return *of_body;
    if (!given)
        return Problem{
            .slug = "precondition_required",
            .detail = "Send If-Match with the ETag you read, or its version in the body.",
            .faults = {}};
    const auto version = version_of_etag(*given);
    if (!version)
        return Problem{.slug = "invalid_if_match",
                       .detail = "If-Match must be one ETag of the form \"v3\".",
                       .faults = {}};
    if (of_body && *of_body != *version)
        return Problem{.slug = "invalid_if_match",
                       .detail = "If-Match and the version in the body contradict each other.",
                       .faults = {}};
    return *version;
}

}  // namespace itn::api
