#pragma once

// One http thread: a handler of Pistache's reactor that owns its sockets. It accepts, reads,
// watches deadlines and closes; what is said on a connection is Dialogue's. All state belongs to
// the one thread; other threads reach it through its mailbox only.

#include <pistache/reactor.h>

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "api/front/dialogue.h"
#include "api/front/mailbox.h"
#include "common/base/limits.h"

namespace itn::api::front {

class Worker final : public Pistache::Aio::Handler {
public:
    /// Takes the next free seat. Throws std::system_error without a descriptor to be had.
    explicit Worker(Shared& shared);
    ~Worker() override;

    void registerPoller(Pistache::Polling::Epoll& poller) override;
    void onReady(const Pistache::Aio::FdSet& ready) override;
    std::shared_ptr<Pistache::Aio::Handler> clone() const override;

private:
    using Entry = Pistache::Aio::FdSet::Entry;

    /// Runs `action` for the socket `fd`; should it throw, the connection is closed.
    void guarded(int fd, const auto& action);
    void handle(int fd, const Entry& entry);
    void handle(Connection& connection, const Entry& entry);
    /// Up to limits::max_accepts; false when nobody waits any more, or none can be had.
    bool accept_some();
    void admit(std::unique_ptr<Connection> connection);
    void refuse(Connection& connection);
    void pause_accepting();
    void watch_listener(bool watch);
    void receive(Connection& connection);
    /// Counts what the connection holds now.
    void recount(Connection& connection);
    void deliver();
    void complete(int fd, Completion& completion);
    void tick();
    bool is_overdue(const Connection& connection) const;
    void end_unless_heard(Connection& connection);
    void expire(Connection& connection);
    void begin_drain();
    void report_drained();
    /// The last word on a connection after every event: ends it, closes it or watches it. The
    /// reference is void afterwards.
    void settle(Connection& connection);
    void linger(Connection& connection);
    void watch(Connection& connection);
    void drop(Connection& connection);

    Shared& shared_;
    Seat& seat_;
    const std::shared_ptr<Ticket::Mailbox> mailbox_;
    Dialogue dialogue_;
    Pistache::Polling::Epoll* poller_ = nullptr;
    int timer_ = -1;
    bool listening_ = false;
    bool draining_ = false;
    bool reported_ = false;
    Clock::time_point now_;
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;
    std::vector<Completion> completions_;
    std::array<char, limits::max_read> buffer_;
};

/// What the reactor copies its workers from; it serves nothing itself.
class WorkerMaker final : public Pistache::Aio::Handler {
public:
    explicit WorkerMaker(Shared& shared) : shared_(shared) {}
    void registerPoller(Pistache::Polling::Epoll&) override {}
    void onReady(const Pistache::Aio::FdSet&) override {}
    std::shared_ptr<Pistache::Aio::Handler> clone() const override {
        return std::make_shared<Worker>(shared_);
    }

private:
    Shared& shared_;
};

}  // namespace itn::api::front
