#pragma once

// What the process says about itself: one JSON object a line on stderr (or readable text when that
// is a terminal). Every happening is a sentence that never varies plus typed fields, so that it can
// be searched for:
//
//     log_info("batch committed", {{"lane", lane.text()}, {"commands", 12}});
//
// Fields never hold secrets or message bodies. The log is stderr's only writer, hence the only
// process-wide object of the project; all functions may be called from any thread.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/time.h"

namespace itn::runtime {

enum class Level : std::uint8_t { debug, info, warning, error };

std::string_view name(Level level);
std::optional<Level> level_from(std::string_view name);

/// One key and value of a log line. Borrows its text: it lives for the one call it is written in.
struct Field {
    using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

    Field(std::string_view name, std::string_view given) : key(name), value(given) {}
    Field(std::string_view name, const char* given) : key(name), value(std::string_view(given)) {}
    Field(std::string_view name, const std::string& given)
        : key(name), value(std::string_view(given)) {}
    Field(std::string_view name, bool given) : key(name), value(given) {}
    template <std::signed_integral T>
    Field(std::string_view name, T given) : key(name), value(static_cast<std::int64_t>(given)) {}
    template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>) Field(std::string_view name, T given)
        : key(name), value(static_cast<std::uint64_t>(given)) {}
    template <std::floating_point T>
    Field(std::string_view name, T given) : key(name), value(static_cast<double>(given)) {}
    /// Durations are written in seconds; say so in the key ("took_s").
    template <class Rep, class Period>
    Field(std::string_view name, std::chrono::duration<Rep, Period> given)
        : key(name), value(std::chrono::duration<double>(given).count()) {}

    std::string_view key;
    Value value;
};

using Fields = std::initializer_list<Field>;

enum class LogFormat : std::uint8_t { automatic, json, text };

struct LogSettings {
    std::string service;
    Level level = Level::info;
    LogFormat format = LogFormat::automatic;
    friend bool operator==(const LogSettings&, const LogSettings&) = default;
};

/// Until it is called, lines are JSON from level info upwards, of the service "itn".
void start_logging(const LogSettings& settings);

/// Whether a line of this level would be written. Cheap.
bool is_logged(Level level);

void log(Level level, std::string_view message, Fields fields = {});
inline void log_debug(std::string_view message, Fields fields = {}) {
    log(Level::debug, message, fields);
}
inline void log_info(std::string_view message, Fields fields = {}) {
    log(Level::info, message, fields);
}
inline void log_warning(std::string_view message, Fields fields = {}) {
    log(Level::warning, message, fields);
}
inline void log_error(std::string_view message, Fields fields = {}) {
    log(Level::error, message, fields);
}

/// As log(), but a message is written at most once a second; the next line written says in the
/// field "suppressed" how many were not. For what an outsider can provoke at any rate.
void log_limited(Level level, std::string_view message, Fields fields = {});

/// The line as it is written, without its newline. Invalid UTF-8 becomes U+FFFD in JSON.
std::string json_line(std::string_view service, Timestamp at, Level level, std::string_view message,
                      Fields fields, std::uint64_t suppressed = 0);
std::string text_line(Timestamp at, Level level, std::string_view message, Fields fields,
                      std::uint64_t suppressed = 0);

/// The memory behind log_limited. Bounded: see limits::max_limited_messages.
class RateLimit final {
public:
    /// nullopt: not now. Else how often it was refused since it was last allowed.
    std::optional<std::uint64_t> allow(std::string_view key,
                                       std::chrono::steady_clock::time_point now);

private:
    struct Entry {
        std::chrono::steady_clock::time_point allowed{};
        std::uint64_t refused = 0;
    };
    std::mutex mutex_;
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace itn::runtime
