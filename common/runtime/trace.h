#pragma once

// W3C Trace Context. A request either continues the caller's trace or begins one; the trace id
// stands in logs, in problems and in the envelope of every command, so that one id finds a trade in
// all processes.

#include <optional>
#include <string>
#include <string_view>

namespace itn::runtime {

struct Trace {
    std::string id{};           // 32 hex digits
    std::string traceparent{};  // of our own span: "00-<id>-<span>-<flags>"
    friend bool operator==(const Trace&, const Trace&) = default;
};

/// The trace of a request with this traceparent header; one that is absent or malformed is ignored
/// and a trace of our own begins. Any thread.
Trace trace_from(std::optional<std::string_view> traceparent);

}  // namespace itn::runtime
