#pragma once

// How many messages wait in a queue: a passive queue.declare on a channel of its own, beside the
// publishing one. The broker answers in the order of the questions, and closes the channel at a
// question about a queue that does not exist; only that question is lost then, the later ones are
// asked again on a new channel. Loop thread only.

#include <amqp.h>

#include <deque>
#include <memory>
#include <string>

#include "common/messaging/broker.h"
#include "common/messaging/frame_writer.h"
#include "common/runtime/loop.h"

namespace itn::messaging {

class DepthProbe final {
public:
    explicit DepthProbe(runtime::Loop& loop) : loop_(loop) {}

    /// `frames` writes to `channel` of an open connection; null when nothing can be asked now.
    /// `on_depth` is called exactly once, never from inside this call.
    void ask(FrameWriter* frames, std::uint16_t channel, std::string queue, OnDepth on_depth);
    /// A method that came on that channel.
    void take(FrameWriter& frames, std::uint16_t channel, const amqp_method_t& method);
    /// The channel went with its connection: nobody will know.
    void connection_lost();

private:
    struct Question {
        std::string queue{};
        OnDepth answer{};
    };

    void send(FrameWriter& frames, std::uint16_t channel, const Question& question);
    void answer_first(std::optional<std::uint64_t> depth);

    runtime::Loop& loop_;
    bool open_ = false;  // the channel is open, or will be before its first question is read
    std::deque<Question> asked_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // held weakly by posted answers
};

}  // namespace itn::messaging
