#include "common/runtime/loop.h"

#include <csignal>

#include "common/base/ensure.h"

namespace itn::runtime {

Loop::Loop() {
    ENSURE(uv_loop_init(&loop_) == 0);
    wake_.data = this;
    ENSURE(uv_async_init(&loop_, &wake_, [](uv_async_t* handle) {
               static_cast<Loop*>(handle->data)->run_posted();
           }) == 0);
}

Loop::~Loop() {
    uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    uv_loop_close(&loop_);
}

void Loop::run() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
    }
    uv_run(&loop_, UV_RUN_DEFAULT);
}

void Loop::run_once() {
    uv_run(&loop_, UV_RUN_NOWAIT);
}

void Loop::stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    uv_async_send(&wake_);
}

void Loop::post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(task));
    if (posted_.size() == 1) uv_async_send(&wake_);
}

void Loop::run_posted() {
    std::vector<std::function<void()>> tasks;
    bool stopping = false;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(posted_);
        stopping = stopping_;
    }
    for (auto& task : tasks)
        task();
    if (stopping) uv_stop(&loop_);
}

struct Timer::Handle {
    uv_timer_t uv{};
    std::function<void()> on_fire;
    bool owned = true;
};

Timer::Timer(Loop& loop, std::function<void()> on_fire) : handle_(new Handle) {
    handle_->on_fire = std::move(on_fire);
    handle_->uv.data = handle_;
    ENSURE(uv_timer_init(loop.uv(), &handle_->uv) == 0);
}

Timer::~Timer() {
    uv_timer_stop(&handle_->uv);
    handle_->owned = false;
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_->uv),
             [](uv_handle_t* handle) { delete static_cast<Handle*>(handle->data); });
}

void Timer::start(std::chrono::milliseconds first, std::chrono::milliseconds repeat) {
    // The loop's time is that of the turn's begin: after a long turn `first` would be shorter.
    uv_update_time(handle_->uv.loop);
    uv_timer_start(
        &handle_->uv,
        [](uv_timer_t* timer) {
            auto* handle = static_cast<Handle*>(timer->data);
            if (handle->owned) handle->on_fire();
        },
        static_cast<std::uint64_t>(first.count()), static_cast<std::uint64_t>(repeat.count()));
}

void Timer::stop() {
    uv_timer_stop(&handle_->uv);
}

bool Timer::is_active() const {
    return uv_is_active(reinterpret_cast<const uv_handle_t*>(&handle_->uv)) != 0;
}

struct Signals::Handles {
    uv_signal_t term{};
    uv_signal_t interrupt{};
    std::function<void(int)> on_signal;
    int open = 2;
};

Signals::Signals(Loop& loop, std::function<void(int)> on_signal) : handles_(new Handles) {
    handles_->on_signal = std::move(on_signal);
    for (auto [handle, number] :
         {std::pair{&handles_->term, SIGTERM}, {&handles_->interrupt, SIGINT}}) {
        handle->data = handles_;
        ENSURE(uv_signal_init(loop.uv(), handle) == 0);
        ENSURE(uv_signal_start(
                   handle,
                   [](uv_signal_t* signal, int which) {
                       static_cast<Handles*>(signal->data)->on_signal(which);
                   },
                   number) == 0);
    }
}

Signals::~Signals() {
    for (auto* handle : {&handles_->term, &handles_->interrupt}) {
        uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) {
            auto* handles = static_cast<Handles*>(closed->data);
            if (--handles->open == 0) delete handles;
        });
    }
}

}  // namespace itn::runtime
