#include "common/runtime/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "common/base/limits.h"

namespace itn::runtime {

namespace {

/// Where lines go: spdlog's locked stderr sink writes each with one call.
struct Output {
    std::string service = "itn";
    bool is_text = false;
    spdlog::logger logger{"itn", std::make_shared<spdlog::sinks::stderr_sink_mt>()};

    Output() {
        logger.set_pattern("%v");
        logger.set_level(spdlog::level::trace);
    }
};

std::atomic<Level> threshold{Level::info};

/// Outputs that were replaced stay alive: another thread may just be writing to one.
std::shared_ptr<Output>& output() {
    static auto& instance = *new std::shared_ptr<Output>(std::make_shared<Output>());
    return instance;
}

std::shared_ptr<Output> current_output() {
    return std::atomic_load(&output());
}

void write(Level level, std::string_view message, Fields fields, std::uint64_t suppressed) {
    const auto out = current_output();
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const auto line = out->is_text
                          ? text_line(now, level, message, fields, suppressed)
                          : json_line(out->service, now, level, message, fields, suppressed);
    out->logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

std::string_view name(Level level) {
    switch (level) {
        case Level::debug:
            return "debug";
        case Level::info:
            return "info";
        case Level::warning:
            return "warning";
        case Level::error:
            return "error";
    }
    return "error";
}

std::optional<Level> level_from(std::string_view text) {
    for (const auto level : {Level::debug, Level::info, Level::warning, Level::error})
        if (name(level) == text) return level;
    return std::nullopt;
}

void start_logging(const LogSettings& settings) {
    auto fresh = std::make_shared<Output>();
    fresh->service = settings.service;
    fresh->is_text = settings.format == LogFormat::text ||
                     (settings.format == LogFormat::automatic && isatty(STDERR_FILENO) == 1);
    threshold.store(settings.level, std::memory_order_relaxed);
    std::atomic_store(&output(), std::move(fresh));
}

bool is_logged(Level level) {
    return level >= threshold.load(std::memory_order_relaxed);
}

void log(Level level, std::string_view message, Fields fields) {
    if (is_logged(level)) write(level, message, fields, 0);
}

void log_limited(Level level, std::string_view message, Fields fields) {
    static auto& limit = *new RateLimit;
    if (!is_logged(level)) return;
    const auto refused = limit.allow(message, std::chrono::steady_clock::now());
    if (refused) write(level, message, fields, *refused);
}

std::optional<std::uint64_t> RateLimit::allow(std::string_view key,
                                              std::chrono::steady_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    auto found = entries_.find(key);
    if (found == entries_.end()) {
        if (entries_.size() >= limits::max_limited_messages) entries_.clear();
        entries_.emplace(key, Entry{.allowed = now});
        return 0;
    }
    auto& entry = found->second;
    if (now - entry.allowed < limits::log_interval) {
        ++entry.refused;
        return std::nullopt;
    }
    entry.allowed = now;
    return std::exchange(entry.refused, 0);
}

}  // namespace itn::runtime
