#include "common/runtime/trace.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "common/base/hex.h"
#include "common/runtime/uuid.h"

namespace itn::runtime {

namespace {

constexpr std::size_t id_at = 3;
constexpr std::size_t span_at = 36;
constexpr std::size_t flags_at = 53;
constexpr std::size_t whole = 55;

bool is_zero(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == '0'; });
}

/// Version 00 is exactly 55 characters; a later version may go on after another dash.
bool is_traceparent(std::string_view text) {
    if (text.size() < whole) return false;
    if (text[2] != '-' || text[span_at - 1] != '-' || text[flags_at - 1] != '-') return false;
    const auto version = text.substr(0, 2);
    if (!is_hex(version) || version == "ff") return false;
    if (version == "00" ? text.size() != whole : text.size() > whole && text[whole] != '-')
        return false;
    const auto id = text.substr(id_at, 32);
    const auto span = text.substr(span_at, 16);
    return is_hex(id) && !is_zero(id) && is_hex(span) && !is_zero(span) &&
           is_hex(text.substr(flags_at, 2));
}

/// Ids of traces need be unique, not secret: splitmix64 over a seed from the kernel, per thread.
std::uint64_t next_random() {
    thread_local std::uint64_t state = [] {
        std::uint64_t seed = 0;
        random_bytes(std::as_writable_bytes(std::span(&seed, 1)));
        return seed;
    }();
    std::uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return z == 0 ? 1 : z;
}

void append_hex(std::string& out, std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        out += digits[(number >> static_cast<unsigned>(shift)) & 0xfU];
}

}  // namespace

Trace trace_from(std::optional<std::string_view> traceparent) {
    Trace trace;
    const bool goes_on = traceparent && is_traceparent(*traceparent);
    if (goes_on) {
        trace.id = traceparent->substr(id_at, 32);
    } else {
        append_hex(trace.id, next_random());
        append_hex(trace.id, next_random());
    }
    trace.traceparent.reserve(whole);
    trace.traceparent.append("00-").append(trace.id).append("-");
    append_hex(trace.traceparent, next_random());
    trace.traceparent.append("-").append(goes_on ? traceparent->substr(flags_at, 2) : "01");
    return trace;
}

}  // namespace itn::runtime
