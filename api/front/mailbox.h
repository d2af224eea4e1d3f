#pragma once

// How answers reach the thread that owns the socket: a queue with a bell. Any thread posts; only
// the worker takes. The bell (an eventfd in the worker's poll set) rings once per burst, and not at
// all while the worker is awake anyway.

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "api/front/front.h"

namespace itn::api::front {

/// What became of one ticket; without a reply it was dropped unanswered.
struct Completion {
    std::uint64_t ticket = 0;
    std::optional<Reply> reply;
};

class Ticket::Mailbox final {
public:
    /// Throws std::system_error without a descriptor to be had.
    Mailbox();
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// False once closed: the worker is gone.
    bool post(Completion completion);
    /// Rings although nothing was posted.
    void ring();

    /// The rest is the worker's. The descriptor to poll for reading:
    int bell() const { return bell_; }
    /// Posts need not ring any more; `rung` tells that the bell was heard.
    void wake(bool rung);
    /// Swaps what was posted into `out`, which must be empty. False when that was nothing.
    bool take(std::vector<Completion>& out);
    /// True when nothing is left to take: from now on the next post rings.
    bool sleep();
    void close();

private:
    const int bell_;
    std::mutex mutex_;
    std::vector<Completion> posted_;
    bool awake_ = false;
    bool closed_ = false;
};

}  // namespace itn::api::front
