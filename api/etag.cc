#include "api/etag.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/headers.h"
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

/// W/"…" without quotes inside, and without commas, which ours never hold.
bool is_weak_tag(std::string_view tag) {
    return tag.size() >= 4 && tag.starts_with("W/\"") && tag.find('"', 3) == tag.size() - 1;
}

Problem invalid(std::string detail) {
    return {.slug = "invalid_if_match", .detail = std::move(detail), .faults = {}};
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

bool Expected::allows(std::int64_t version) const {
    return any || std::ranges::find(versions, version) != versions.end();
}

std::optional<std::int64_t> Expected::only() const {
    if (any || versions.size() != 1) return std::nullopt;
    return versions.front();
}

Result<std::optional<Expected>> if_match(const front::Request& request) {
    const auto given = joined_header(request, "if-match");
    if (!given) return std::optional<Expected>();
    if (*given == "*") return std::optional(Expected{.any = true});
    Expected expected;
    std::string_view rest = *given;
    do {
        const auto tag = next_part(rest, ',');
        const auto version = version_of_etag(tag);
        if (version) expected.versions.push_back(*version);
        if (!version && !is_weak_tag(tag))
            return invalid("If-Match must be *, or ETags of the form \"v3\".");
    } while (!rest.empty());
    return std::optional(std::move(expected));
}

Result<Expected> expected_version(const front::Request& request,
                                  std::optional<std::int64_t> of_body, VersionIn where) {
    auto of_header = if_match(request);
    if (!of_header) return of_header.problem();
    if (!*of_header && !of_body)
        return Problem{.slug = "precondition_required",
                       .detail = where == VersionIn::header
                                     ? "Send If-Match with the ETag you read."
                                     : "Send If-Match with the ETag you read, or its version in "
                                       "the body.",
                       .faults = {}};
    if (!of_body) return **std::move(of_header);
    if (*of_header && !(*of_header)->allows(*of_body))
        return invalid("If-Match and the version in the body contradict each other.");
    return Expected{.versions = {*of_body}};
}

}  // namespace itn::api
