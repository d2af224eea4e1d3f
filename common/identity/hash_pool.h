#pragma once

// The few threads on which passwords are hashed. Two at once and sixteen that wait is all there is:
// who comes then is refused at once, so that a flood of sign-ins costs neither memory nor the
// processors that serve everybody else.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"

namespace itn::identity {

struct Verified {
    bool matches = false;
    bool needs_rehash = false;  // only when it matches
    friend bool operator==(const Verified&, const Verified&) = default;
};

/// Any thread may call; what is given to it is called on one of its own threads, once. The
/// destructor waits until all that was taken is done.
class HashPool final {
public:
    /// Called with nullopt when the machine failed (no memory): the caller answers 503.
    using Hashed = std::function<void(std::optional<std::string> phc)>;
    using Checked = std::function<void(std::optional<Verified> verified)>;

    explicit HashPool(std::size_t parallel = limits::max_parallel_hashes,
                      std::size_t waiting = limits::max_waiting_hashes);
    ~HashPool();
    HashPool(const HashPool&) = delete;
    HashPool& operator=(const HashPool&) = delete;

    /// False: there is no room, nothing will be called.
    bool hash(std::string password, Hashed done);
    /// As verify_password: without `stored` it takes as long and does not match.
    bool verify(std::optional<std::string> stored, std::string password, Checked done);
    /// Any other work of that weight. It must not throw.
    bool submit(std::function<void()> job);

private:
    void work();

    std::size_t max_waiting_;
    std::mutex mutex_{};
    std::condition_variable changed_{};
    std::deque<std::function<void()>> waiting_{};
    std::size_t idle_ = 0;
    bool ending_ = false;
    std::vector<std::jthread> threads_{};
};

}  // namespace itn::identity
