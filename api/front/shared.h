#pragma once

// What the workers of one server have in common. Everything but the few atomics and the drain count
// is fixed before the first worker runs.

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "api/front/front.h"

namespace itn::api::front {

/// Bytes of large bodies that all workers hold together, from the first that came until the answer
/// is there: 32 of the largest. Whoever sends more meanwhile hears 503, and memory does not grow.
inline constexpr std::size_t max_buffered = 32 * limits::max_batch_body;

/// A number that one thread changes and any thread reads.
class Gauge final {
public:
    void add(std::int64_t n = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t value() const {
        return static_cast<std::uint64_t>(value_.load(std::memory_order_relaxed));
    }

private:
    std::atomic<std::int64_t> value_{0};
};

/// The figures of one worker; Counters is their sum.
struct Tally {
    Gauge accepted, requests, replies, late_replies, deadlines, bad_requests, slow_closed,
        refused_connections, accept_pauses, faults, open, pending;
};

/// What the server keeps of each worker.
struct Seat final {
    Seat() = default;
    ~Seat() { close_listener(); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    void close_listener() {
        if (listener >= 0) ::close(std::exchange(listener, -1));
    }

    int listener = -1;
    std::shared_ptr<Ticket::Mailbox> mailbox;
    Tally tally;
};

struct Shared {
    Options options;
    std::vector<Route> routes;
    ErrorPage error_page;
    std::vector<std::unique_ptr<Seat>> seats;
    std::size_t taken_seats = 0;  // while the reactor makes its workers, on the starting thread

    std::atomic<std::size_t> buffered{0};  // of max_buffered
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::condition_variable drained_one;
    std::size_t drained = 0;  // workers with nothing left to answer
};

}  // namespace itn::api::front
