#include "common/identity/hash_pool.h"

#include <malloc.h>

#include <exception>
#include <utility>

#include "common/identity/digest.h"
#include "common/identity/password.h"

namespace itn::identity {

namespace {

/// Bytes; the memory of larger blocks goes back to the system when they are freed.
constexpr int largest_kept = 1 << 20;

/// What `make` returns, or nullopt when the machine failed under it.
template <class Make>
auto unless_broken(const Make& make) -> std::optional<decltype(make())> {
    try {
        return make();
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

Verified check(const std::optional<std::string>& stored, const std::string& password) {
    const bool matches = verify_password(stored, password);
    return {.matches = matches, .needs_rehash = matches && identity::needs_rehash(*stored)};
}

}  // namespace

HashPool::HashPool(std::size_t parallel, std::size_t waiting)
    : max_waiting_(waiting), idle_(parallel) {
    // Left alone, malloc learns from the first hash that blocks of 19 MiB are common and keeps
    // them.
    mallopt(M_MMAP_THRESHOLD, largest_kept);
    for (std::size_t i = 0; i < parallel; ++i)
        threads_.emplace_back([this] { work(); });
}

HashPool::~HashPool() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
}

bool HashPool::hash(std::string password, Hashed done) {
    return submit([password = std::move(password), done = std::move(done)]() mutable {
        auto phc = unless_broken([&] { return hash_password(password); });
        wipe(password);
        done(std::move(phc));
    });
}

bool HashPool::verify(std::optional<std::string> stored, std::string password, Checked done) {
    return submit([stored = std::move(stored), password = std::move(password),
                   done = std::move(done)]() mutable {
        const auto verified = unless_broken([&] { return check(stored, password); });
        wipe(password);
        done(verified);
    });
}

bool HashPool::submit(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (ending_ || waiting_.size() >= max_waiting_ + idle_) return false;
        waiting_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

void HashPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        auto job = std::move(waiting_.front());
        waiting_.pop_front();
        --idle_;
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
        ++idle_;
    }
}

}  // namespace itn::identity
