#pragma once

// What the headers of a request say to the api: which type its body has, under which key it may be
// retried, and for how long the client waits.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/front/front.h"
#include "common/base/result.h"

namespace itn::api {

/// What a route takes as its body.
enum class Body : std::uint8_t {
    none,            // whatever comes is not looked at
    json,            // application/json
    json_or_ndjson,  // or application/x-ndjson
    merge_patch,     // application/merge-patch+json
    form,            // application/x-www-form-urlencoded
};

/// Whether this header names `type`, alone or with charset=utf-8.
bool is_content_type(std::optional<std::string_view> header, std::string_view type);
/// unsupported_media_type, unless the request's body has a type that the route takes and no
/// Content-Encoding but identity.
std::optional<Problem> content_type_problem(const front::Request& request, Body body);
bool is_ndjson(const front::Request& request);

/// All values of this header as one list, in order; nullopt when there is none.
std::optional<std::string> joined_header(const front::Request& request, std::string_view name);
/// Cuts the part before the first `mark` off `rest`; without surrounding blanks.
std::string_view next_part(std::string_view& rest, char mark);

/// The Idempotency-Key, bare or as a structured-field string; "" when there is none. Problem
/// invalid_idempotency_key unless it is there once and 1..255 visible ASCII characters.
Result<std::string> idempotency_key(const front::Request& request);

/// N of "Prefer: wait=N", at most limits::max_prefer_wait; nothing when it is absent or malformed
/// (a preference never makes a request fail).
std::optional<std::chrono::seconds> preferred_wait(const front::Request& request);

}  // namespace itn::api
