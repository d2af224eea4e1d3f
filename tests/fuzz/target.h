#pragma once

// A parser of outside bytes, to be fed with anything. One file holds one target:
//
//   FUZZ_TARGET(cursor, bytes) { …; must(condition); }
//
// Built with libFuzzer (the preset fuzz) the file becomes a program that searches; built without it
// the target joins a list, and replay_test.cc feeds it with its corpus and with damaged copies.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

namespace itn::fuzz {

using Target = void (*)(std::string_view bytes);

/// By name.
std::map<std::string, Target>& targets();

/// A broken promise of a target ends the process, which every fuzzer understands.
inline void must(bool holds) {
    if (!holds) std::abort();
}

}  // namespace itn::fuzz

#ifdef ITN_LIBFUZZER
#define FUZZ_TARGET(name, bytes)                                                        \
    static void fuzz_##name(std::string_view bytes);                                    \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
        fuzz_##name({reinterpret_cast<const char*>(data), size});                       \
        return 0;                                                                       \
    }                                                                                   \
    static void fuzz_##name(std::string_view bytes)
#else
#define FUZZ_TARGET(name, bytes)                                 \
    static void fuzz_##name(std::string_view bytes);             \
    [[maybe_unused]] static const bool is_##name##_listed =      \
        itn::fuzz::targets().emplace(#name, fuzz_##name).second; \
    static void fuzz_##name(std::string_view bytes)
#endif
