#include "common/messaging/depth_probe.h"

#include <amqp_framing.h>

#include <utility>

namespace itn::messaging {

void DepthProbe::ask(FrameWriter* frames, std::uint16_t channel, std::string queue,
                     OnDepth on_depth) {
    if (frames == nullptr) {
        loop_.post([alive = std::weak_ptr(alive_), answer = std::move(on_depth)] {
            if (!alive.expired()) answer(std::nullopt);
        });
        return;
    }
    asked_.push_back({.queue = std::move(queue), .answer = std::move(on_depth)});
    send(*frames, channel, asked_.back());
}

void DepthProbe::send(FrameWriter& frames, std::uint16_t channel, const Question& question) {
    if (!std::exchange(open_, true))
        frames.method(channel, AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t{});
    amqp_queue_declare_t declare{};
    declare.queue = amqp_view(question.queue);
    declare.passive = 1;
    frames.method(channel, AMQP_QUEUE_DECLARE_METHOD, declare);
}

void DepthProbe::take(FrameWriter& frames, std::uint16_t channel, const amqp_method_t& method) {
    if (method.id == AMQP_QUEUE_DECLARE_OK_METHOD)
        return answer_first(static_cast<amqp_queue_declare_ok_t*>(method.decoded)->message_count);
    if (method.id != AMQP_CHANNEL_CLOSE_METHOD) return;
    frames.method(channel, AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t{});
    open_ = false;
    for (std::size_t i = 1; i < asked_.size(); ++i)
        send(frames, channel, asked_[i]);
    answer_first(std::nullopt);
}

void DepthProbe::answer_first(std::optional<std::uint64_t> depth) {
    if (asked_.empty()) return;
    const Question first = std::move(asked_.front());
    asked_.pop_front();
    first.answer(depth);
}

void DepthProbe::connection_lost() {
    open_ = false;
    for (const Question& question : std::exchange(asked_, {}))
        question.answer(std::nullopt);
}

}  // namespace itn::messaging
