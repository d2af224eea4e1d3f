#pragma once

// The descriptions of what outsiders see, docs/openapi.yaml and docs/asyncapi.yaml. The build puts
// both into the program, so that they are of the same commit as the doors they describe.

#include <span>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// Any thread; YAML, ASCII only.
const std::string& openapi_document();
const std::string& asyncapi_document();

/// The files in pieces, because compilers bound the length of a literal.
std::span<const std::string_view> openapi_pieces();
std::span<const std::string_view> asyncapi_pieces();

void show_openapi(const Room& room, CallPtr call);
void show_asyncapi(const Room& room, CallPtr call);

}  // namespace itn::api
