#include "api/front/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "common/base/ensure.h"

namespace itn::api::front {

namespace {

namespace polling = Pistache::Polling;
using Interest = Pistache::Flags<polling::NotifyOn>;

polling::Tag tag(int fd) {
    return polling::Tag(static_cast<std::uint64_t>(fd));
}

std::string text_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bytes =
        address.ss_family == AF_INET6
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
            : &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
    return ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) ? text.data() : "";
}

/// What is there is no whole request, nor will it be one.
bool is_abandoned(const Connection& connection) {
    const bool is_reading = connection.stage == Stage::head || connection.stage == Stage::body;
    return connection.ended && is_reading && connection.out.empty();
}

bool out_of_descriptors(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

Worker::Worker(Shared& shared)
    : shared_(shared),
      seat_(*shared.seats.at(shared.taken_seats++)),
      mailbox_(seat_.mailbox),
      dialogue_(shared, seat_),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
    if (timer_ < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
    constexpr auto period = std::chrono::nanoseconds(limits::front_tick).count();
    const itimerspec every{.it_interval = {.tv_sec = 0, .tv_nsec = period},
                           .it_value = {.tv_sec = 0, .tv_nsec = period}};
    ::timerfd_settime(timer_, 0, &every, nullptr);
}

Worker::~Worker() {
    mailbox_->close();
    seat_.close_listener();
    while (!connections_.empty())
        drop(*connections_.begin()->second);
    ::close(timer_);
}

std::shared_ptr<Pistache::Aio::Handler> Worker::clone() const {
    return std::make_shared<Worker>(shared_);
}

void Worker::registerPoller(polling::Epoll& poller) {
    poller_ = &poller;
    for (const int fd : {timer_, mailbox_->bell()})
        poller.addFd(fd, Interest(polling::NotifyOn::Read), tag(fd));
    watch_listener(true);
}

void Worker::onReady(const Pistache::Aio::FdSet& ready) {
    now_ = Clock::now();
    dialogue_.set_time(now_, std::time(nullptr));
    mailbox_->wake(false);
    deliver();  // What was answered before a deadline passed, the deadline does not answer.
    for (const auto& entry : ready) {
        const int fd = static_cast<int>(entry.getTag().value());
        guarded(fd, [&] { handle(fd, entry); });
        deliver();
    }
    if (shared_.stopping && !draining_) begin_drain();
    while (!mailbox_->sleep())
        deliver();
    if (draining_ && !reported_) report_drained();
}

void Worker::guarded(int fd, const auto& action) {
    try {
        action();
    } catch (const std::exception&) {  // A door: out of memory, of watches. One client pays.
        seat_.tally.faults.add();
        const auto found = connections_.find(fd);
        if (found != connections_.end()) drop(*found->second);
    }
}

void Worker::handle(int fd, const Entry& entry) {
    if (fd == mailbox_->bell()) return mailbox_->wake(true);
    if (fd == timer_) return tick();
    if (fd == seat_.listener) {
        accept_some();
        return;
    }
    const auto found = connections_.find(fd);
    if (found != connections_.end()) handle(*found->second, entry);
}

void Worker::handle(Connection& connection, const Entry& entry) {
    if (entry.isWritable() && connection.writes) {
        dialogue_.send(connection);
        dialogue_.advance(connection);
    }
    const bool readable = entry.isReadable() || entry.isHangup();
    if (readable && connection.reads)
        receive(connection);
    else if (entry.isHangup() || !(readable || entry.isWritable()))
        connection.stage = Stage::dead;  // reset, and nothing left to read that would say so
    settle(connection);
}

void Worker::receive(Connection& connection) {
    const ssize_t count = ::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (count < 0) {
        if (errno != EAGAIN && errno != EINTR) connection.stage = Stage::dead;
        return;
    }
    if (count == 0) {
        connection.ended = true;
    } else if (!connection.closing) {
        const bool awaited = connection.awaits_request();
        connection.in.append(buffer_.data(), static_cast<std::size_t>(count));
        if (awaited && !connection.awaits_request()) connection.since = now_;
        dialogue_.advance(connection);
        recount(connection);
        if (connection.stage == Stage::body && connection.counted > 0 &&
            shared_.buffered > max_buffered)
            dialogue_.shed(connection);
    }
}

void Worker::recount(Connection& connection) {
    const auto bytes = held(connection);
    if (bytes == connection.counted) return;
    shared_.buffered += bytes;
    shared_.buffered -= std::exchange(connection.counted, bytes);
}

void Worker::deliver() {
    while (mailbox_->take(completions_)) {
        for (auto& completion : completions_) {
            const int fd = Dialogue::ticket_descriptor(completion.ticket);
            guarded(fd, [&] { complete(fd, completion); });
        }
        completions_.clear();
    }
}

void Worker::complete(int fd, Completion& completion) {
    const auto found = connections_.find(fd);
    if (found == connections_.end() || !Dialogue::is_for(completion.ticket, *found->second))
        return seat_.tally.late_replies.add();
    dialogue_.complete(*found->second, std::move(completion.reply));
    settle(*found->second);
}

bool Worker::accept_some() {
    for (int i = 0; i < limits::max_accepts; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int fd = ::accept4(seat_.listener, reinterpret_cast<sockaddr*>(&address), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == ECONNABORTED || errno == EINTR) continue;
            if (out_of_descriptors(errno)) pause_accepting();
            return false;
        }
        auto connection = std::make_unique<Connection>(fd, text_of(address), now_);
        if (connections_.size() >= shared_.options.max_connections)
            refuse(*connection);
        else
            admit(std::move(connection));
    }
    return true;
}

void Worker::admit(std::unique_ptr<Connection> connection) {
    const int fd = connection->fd;
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    poller_->addFd(fd, Interest(polling::NotifyOn::Read), tag(fd));
    connections_.emplace(fd, std::move(connection));
    seat_.tally.accepted.add();
    seat_.tally.open.add();
}

void Worker::refuse(Connection& connection) {
    seat_.tally.refused_connections.add();
    dialogue_.refuse(connection);
    ::shutdown(connection.fd, SHUT_WR);
    // What the client has sent by now is read, or closing would reset the reply away.
    (void)::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
}

void Worker::pause_accepting() {
    seat_.tally.accept_pauses.add();
    watch_listener(false);  // until the next tick
}

void Worker::watch_listener(bool watch) {
    if (watch == listening_ || seat_.listener < 0) return;
    if (watch)
        poller_->addFd(seat_.listener, Interest(polling::NotifyOn::Read), tag(seat_.listener));
    else
        poller_->removeFd(seat_.listener);
    listening_ = watch;
}

void Worker::tick() {
    std::uint64_t ticks = 0;
    ENSURE(::read(timer_, &ticks, sizeof ticks) == sizeof ticks || errno == EAGAIN);
    watch_listener(true);
    std::vector<Connection*> overdue;
    for (const auto& [fd, connection] : connections_)
        if (is_overdue(*connection)) overdue.push_back(connection.get());
    for (Connection* connection : overdue)
        guarded(connection->fd, [&] { end_unless_heard(*connection); });
}

/// After a pause of the whole process the timer comes before the sockets: what one more look finds
/// there came, or could go, in time.
void Worker::end_unless_heard(Connection& connection) {
    if (connection.writes) {
        dialogue_.send(connection);
        dialogue_.advance(connection);
    }
    if (connection.reads) receive(connection);
    if (connection.stage != Stage::dead && !is_abandoned(connection) && is_overdue(connection))
        expire(connection);
    settle(connection);
}

bool Worker::is_overdue(const Connection& connection) const {
    const Options& options = shared_.options;
    const auto waited = now_ - connection.since;
    if (connection.stage == Stage::lingering) return waited > limits::linger_deadline;
    if (!connection.out.empty()) return waited > options.write_deadline;
    if (connection.is_idle()) return draining_ || waited > options.keep_alive;
    if (connection.stage == Stage::head) return waited > options.head_deadline;
    if (connection.stage == Stage::body) return waited > options.body_deadline;
    return waited > options.reply_deadline;
}

void Worker::expire(Connection& connection) {
    const bool unread = !connection.out.empty();
    if (unread) {
        seat_.tally.deadlines.add();
        seat_.tally.slow_closed.add();
    }
    if (unread || connection.stage == Stage::lingering || connection.is_idle())
        connection.stage = Stage::dead;
    else
        dialogue_.expire(connection);
}

void Worker::begin_drain() {
    draining_ = true;
    dialogue_.begin_drain();
    // Whoever was connected by the kernel already is served; nobody else comes in.
    bool is_more = true;
    for (int left = shared_.options.backlog; left > 0 && is_more; left -= limits::max_accepts)
        guarded(seat_.listener, [&] { is_more = accept_some(); });
    guarded(seat_.listener, [&] { watch_listener(false); });
    seat_.close_listener();
    std::vector<Connection*> idle;
    for (const auto& [fd, connection] : connections_)
        if (connection->is_idle()) idle.push_back(connection.get());
    for (Connection* connection : idle) {
        guarded(connection->fd, [&] {
            receive(*connection);  // A request may have come with the same burst of events.
            if (connection->is_idle()) connection->stage = Stage::dead;
            settle(*connection);
        });
    }
}

void Worker::report_drained() {
    const auto is_done = [](const auto& entry) { return entry.second->stage == Stage::lingering; };
    if (!std::ranges::all_of(connections_, is_done)) return;
    reported_ = true;
    const std::lock_guard lock(shared_.mutex);
    ++shared_.drained;
    shared_.drained_one.notify_all();
}

void Worker::settle(Connection& connection) {
    if (connection.closing && connection.stage == Stage::head && connection.out.empty())
        linger(connection);
    else if (is_abandoned(connection))
        connection.stage = Stage::dead;
    if (connection.stage == Stage::lingering && connection.ended) connection.stage = Stage::dead;
    recount(connection);
    if (connection.stage == Stage::dead)
        drop(connection);
    else
        watch(connection);
}

void Worker::linger(Connection& connection) {
    ::shutdown(connection.fd, SHUT_WR);
    connection.stage = Stage::lingering;
    connection.since = now_;
    std::string().swap(connection.in);
    connection.taken = 0;
}

void Worker::watch(Connection& connection) {
    const bool is_full = connection.stage != Stage::body && !connection.closing &&
                         connection.in.size() > limits::max_pipelined;
    const bool reads = !connection.ended && !is_full;
    const bool writes = !connection.out.empty();
    if (reads == connection.reads && writes == connection.writes) return;
    connection.reads = reads;
    connection.writes = writes;
    Interest interest;
    if (reads) interest.setFlag(polling::NotifyOn::Read);
    if (writes) interest.setFlag(polling::NotifyOn::Write);
    poller_->rearmFd(connection.fd, interest, tag(connection.fd));
}

void Worker::drop(Connection& connection) {
    if (connection.ticket_out) seat_.tally.pending.add(-1);
    seat_.tally.open.add(-1);
    shared_.buffered -= connection.counted;
    connections_.erase(connection.fd);
}

}  // namespace itn::api::front
