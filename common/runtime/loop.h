#pragma once

// The one visible loop of a process, on libuv. Everything that says "loop thread" means the thread
// inside Loop::run(); only post() and stop() may be called from elsewhere.

#include <uv.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace itn::runtime {

class Loop final {
public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs until stop(). Returns with every handle that Timer and Loop own closed.
    void run();
    /// Runs what is ready now without waiting; for tests and for draining.
    void run_once();
    /// Any thread. run() returns after the current turn.
    void stop();
    /// Any thread. `task` runs on the loop thread, in the order of the calls. Tasks posted after
    /// stop() are dropped when the loop is destroyed.
    void post(std::function<void()> task);

    uv_loop_t* uv() { return &loop_; }
    /// Milliseconds of the loop's own clock, cached per turn.
    std::uint64_t now_ms() const { return uv_now(&loop_); }

private:
    void run_posted();

    uv_loop_t loop_{};
    uv_async_t wake_{};
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;
    bool stopping_ = false;
};

/// A timer owned by whoever holds it; loop thread only, and not to outlive its Loop. Destroying it
/// inside its own callback is allowed.
class Timer final {
public:
    Timer(Loop& loop, std::function<void()> on_fire);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Fires after `first`, then every `repeat` unless that is zero. Restarts a running timer.
    void start(std::chrono::milliseconds first,
               std::chrono::milliseconds repeat = std::chrono::milliseconds(0));
    void stop();
    bool is_active() const;

private:
    struct Handle;
    Handle* handle_;
};

/// Calls `on_signal` on the loop thread for each SIGTERM or SIGINT. Loop thread only.
class Signals final {
public:
    Signals(Loop& loop, std::function<void(int)> on_signal);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

private:
    struct Handles;
    Handles* handles_;
};

}  // namespace itn::runtime
