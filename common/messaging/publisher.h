#pragma once

// The publishing half of a RabbitBroker: one connection, one channel in confirm mode and, once
// depths are asked for, one for that. Every message is answered exactly once, whatever happens to
// the channel.
//
// A message that no queue took comes back (basic.return) and is confirmed afterwards; the return
// does not carry the publish's number, so it is found by its message id. A message without one is
// given one.

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "common/messaging/broker.h"
#include "common/messaging/depth_probe.h"
#include "common/messaging/session.h"

namespace itn::messaging {

class Publisher final {
public:
    /// `on_state` hears every change of state().
    Publisher(runtime::Loop& loop, ConnectionSettings settings, LogSink log,
              std::function<void(State)> on_state);

    void start() { session_.start(); }
    State state() const;
    std::size_t in_flight() const { return unanswered_ + *unsent_; }
    void publish(Message message, OnPublished on_published);
    void ask_depth(const std::string& queue, OnDepth on_depth);
    /// Answers what is unanswered with `lost`, then calls `done`.
    void stop(std::function<void()> done);

private:
    struct Outstanding {
        OnPublished answer;  // empty once it was called
        std::string message_id;
        bool returned = false;
    };

    Connection::Handlers handlers();
    void open_channel();
    void take(std::uint16_t channel, const amqp_method_t& method);
    void take_return(const Content& content);
    void settle(std::uint64_t tag, bool multiple, Published what);
    void answer(Outstanding& outstanding, Published what);
    void channel_closed_by_broker(const amqp_channel_close_t& close);
    void channel_gone();
    void announce();

    runtime::Loop& loop_;
    std::string user_;
    std::function<void(State)> on_state_;
    State announced_ = State::connecting;
    bool channel_open_ = false;
    bool blocked_ = false;
    bool stopping_ = false;
    std::deque<Outstanding> outstanding_;
    std::uint64_t first_tag_ = 1;  // of outstanding_.front()
    std::size_t unanswered_ = 0;
    std::shared_ptr<std::size_t> unsent_;  // refused, answer still to be called
    std::string id_prefix_;
    std::uint64_t next_id_ = 1;
    Backoff channel_backoff_;
    runtime::Timer reopen_;
    DepthProbe probe_;
    Session session_;
};

}  // namespace itn::messaging
