#pragma once

// A loop for single-threaded tests of brokers, run until something is true.

#include <uv.h>

#include <chrono>
#include <functional>

#include "common/runtime/loop.h"

namespace itn::messaging {

struct Desk {
    runtime::Loop loop;

    /// Runs the loop until `reached`; false when that took longer than `most`.
    bool until(const std::function<bool()>& reached,
               std::chrono::seconds most = std::chrono::seconds(60)) {
        // The tick bounds each wait, so that conditions outside the loop are seen too.
        runtime::Timer tick(loop, [] {});
        tick.start(std::chrono::milliseconds(2), std::chrono::milliseconds(2));
        const auto deadline = std::chrono::steady_clock::now() + most;
        while (!reached()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            uv_run(loop.uv(), UV_RUN_ONCE);
        }
        return true;
    }
};

}  // namespace itn::messaging
