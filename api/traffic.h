#pragma once

// What goes through the api, counted: requests and their latency per route, and how many wait for
// an answer. Counting takes no lock; a counter is looked up once per route and status.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/limits.h"
#include "common/runtime/metrics.h"

namespace itn::api {

/// Requests that wait for their answer, of all routes. Any thread.
class Pending final {
public:
    explicit Pending(std::size_t most = limits::max_pending_calls) : most_(most) {}

    /// False when as many wait as may; then nothing is counted.
    bool enter();
    void leave() { count_.fetch_sub(1, std::memory_order_relaxed); }
    std::size_t count() const { return count_.load(std::memory_order_relaxed); }

private:
    std::size_t most_;
    std::atomic<std::size_t> count_{0};
};

/// The series of one route. Any thread; `metrics` outlives it.
class RouteTraffic final {
public:
    RouteTraffic(runtime::Metrics& metrics, std::string method, std::string route);

    void answered(int status, std::chrono::nanoseconds took);
    const std::string& method() const { return method_; }
    const std::string& route() const { return route_; }

private:
    static constexpr std::size_t statuses = 600;

    runtime::Metrics& metrics_;
    std::string method_;
    std::string route_;
    runtime::Histogram& took_;
    std::array<std::atomic<runtime::Counter*>, statuses> by_status_{};
};

}  // namespace itn::api
