#include "common/messaging/publisher.h"

#include <algorithm>
#include <random>
#include <utility>

namespace itn::messaging {

namespace {
constexpr std::uint16_t the_channel = 1;
constexpr std::uint16_t probe_channel = 2;
}  // namespace

Publisher::Publisher(runtime::Loop& loop, ConnectionSettings settings, LogSink log,
                     std::function<void(State)> on_state)
    : loop_(loop),
      user_(settings.url.user),
      on_state_(std::move(on_state)),
      unsent_(std::make_shared<std::size_t>(0)),
      id_prefix_(std::to_string(std::random_device{}()) + "-"),
      reopen_(loop, [this] { open_channel(); }),
      probe_(loop),
      session_(loop, std::move(settings), handlers(), std::move(log)) {}

Connection::Handlers Publisher::handlers() {
    return {.on_open = [this] { open_channel(); },
            .on_blocked =
                [this](bool blocked, const std::string& reason) {
                    blocked_ = blocked;
                    session_.log(Severity::warning,
                                 blocked ? "publishing is blocked by the broker: " + reason
                                         : std::string("publishing is possible again"));
                    announce();
                },
            .on_method = [this](auto channel, const auto& method) { take(channel, method); },
            .on_content =
                [this](const Content& content) {
                    if (content.returned) take_return(content);
                },
            .before_flush = [] {},
            .on_closed =
                [this](const std::string&) {
                    blocked_ = false;
                    channel_gone();
                    probe_.connection_lost();
                }};
}

State Publisher::state() const {
    if (!channel_open_) return State::connecting;
    return blocked_ ? State::blocked : State::open;
}

void Publisher::announce() {
    if (announced_ == state()) return;
    announced_ = state();
    on_state_(announced_);
}

void Publisher::open_channel() {
    auto* connection = session_.open();
    if (connection == nullptr || stopping_) return;
    auto& frames = connection->frames();
    frames.method(the_channel, AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t{});
    frames.method(the_channel, AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t{});
}

void Publisher::publish(Message message, OnPublished on_published) {
    auto* connection = session_.open();
    if (connection == nullptr || stopping_ || state() != State::open) {
        ++*unsent_;
        loop_.post([weak = std::weak_ptr(unsent_), answer = std::move(on_published)] {
            const auto unsent = weak.lock();
            if (!unsent) return;
            --*unsent;
            answer(Published::lost);
        });
        return;
    }
    if (message.message_id.empty()) message.message_id = id_prefix_ + std::to_string(next_id_++);
    connection->frames().publish(the_channel, message, user_);
    outstanding_.push_back(
        {.answer = std::move(on_published), .message_id = std::move(message.message_id)});
    ++unanswered_;
}

void Publisher::ask_depth(const std::string& queue, OnDepth on_depth) {
    const bool can_ask = !stopping_ && state() == State::open;
    probe_.ask(can_ask ? &session_.open()->frames() : nullptr, probe_channel, queue,
               std::move(on_depth));
}

void Publisher::take(std::uint16_t channel, const amqp_method_t& method) {
    if (channel == probe_channel)
        return probe_.take(session_.open()->frames(), probe_channel, method);
    if (channel != the_channel) return;
    switch (method.id) {
        case AMQP_CONFIRM_SELECT_OK_METHOD:
            channel_open_ = true;
            return announce();
        case AMQP_BASIC_ACK_METHOD: {
            const auto& ack = *static_cast<const amqp_basic_ack_t*>(method.decoded);
            channel_backoff_.reset();
            return settle(ack.delivery_tag, ack.multiple != 0, Published::confirmed);
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto& nack = *static_cast<const amqp_basic_nack_t*>(method.decoded);
            return settle(nack.delivery_tag, nack.multiple != 0, Published::nacked);
        }
        case AMQP_CHANNEL_CLOSE_METHOD:
            return channel_closed_by_broker(
                *static_cast<const amqp_channel_close_t*>(method.decoded));
        default:
            return;
    }
}

void Publisher::take_return(const Content& content) {
    const auto found = std::ranges::find_if(outstanding_, [&](const Outstanding& one) {
        return one.answer && !one.returned && one.message_id == content.delivery.message_id;
    });
    if (found != outstanding_.end()) found->returned = true;
}

// Confirms come out of order, and a multiple one may cover what was confirmed alone before. An
// answer may publish, which appends to outstanding_ and leaves its front alone.
void Publisher::settle(std::uint64_t tag, bool multiple, Published what) {
    if (tag < first_tag_ || tag - first_tag_ >= outstanding_.size()) return;
    if (!multiple && tag != first_tag_) {
        auto one = std::move(outstanding_[tag - first_tag_]);
        outstanding_[tag - first_tag_].answer = nullptr;
        answer(one, what);
    }
    while (!outstanding_.empty() &&
           (!outstanding_.front().answer || (multiple ? first_tag_ <= tag : first_tag_ == tag))) {
        auto one = std::move(outstanding_.front());
        outstanding_.pop_front();
        ++first_tag_;
        answer(one, what);
    }
}

void Publisher::answer(Outstanding& outstanding, Published what) {
    if (!outstanding.answer) return;
    --unanswered_;
    const bool returned = outstanding.returned && what == Published::confirmed;
    std::exchange(outstanding.answer, nullptr)(returned ? Published::returned : what);
}

void Publisher::channel_closed_by_broker(const amqp_channel_close_t& close) {
    session_.log(Severity::error,
                 "the broker closed the publishing channel: " + std::to_string(close.reply_code) +
                     " " + std::string(text_of(close.reply_text)));
    session_.open()->frames().method(the_channel, AMQP_CHANNEL_CLOSE_OK_METHOD,
                                     amqp_channel_close_ok_t{});
    channel_gone();
    reopen_.start(channel_backoff_.next());
}

void Publisher::channel_gone() {
    channel_open_ = false;
    reopen_.stop();
    first_tag_ = 1;
    auto lost = std::exchange(outstanding_, {});
    announce();
    for (auto& one : lost)
        answer(one, Published::lost);
}

void Publisher::stop(std::function<void()> done) {
    stopping_ = true;
    session_.stop(std::move(done));
}

}  // namespace itn::messaging
