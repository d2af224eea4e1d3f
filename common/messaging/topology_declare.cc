#include "common/messaging/topology_declare.h"

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/limits.h"

namespace itn::messaging {

namespace {

constexpr std::uint16_t the_channel = 1;

/// One thing to ask of the broker; any answer that is not channel.close means it went well.
struct Step {
    std::string object;  // "queue itn.trade.07"
    std::function<void(FrameWriter&)> send;
};

struct Refusal {
    std::size_t step = 0;
    int code = 0;
    std::string text;
};

/// Takes the steps one after the other, on a fresh channel after each refusal.
class Walk final {
public:
    Walk(const ConnectionSettings& settings, std::vector<Step> steps)
        : steps_(std::move(steps)),
          deadline_(loop_, [this] { finish("the broker did not answer in time"); }),
          connection_(loop_, settings, handlers()) {}

    /// Every refusal, in order; with `stop_at` a refusal of that code ends the walk and is not
    /// listed. Throws TopologyError when the connection fails.
    std::vector<Refusal> run(int stop_at = 0) {
        stop_at_ = stop_at;
        deadline_.start(limits::topology_deadline);
        loop_.run();
        if (!failure_.empty()) throw BrokerUnreachable(failure_);
        return std::move(refusals_);
    }

private:
    Connection::Handlers handlers() {
        return {.on_open = [this] { open_channel(); },
                .on_blocked = [](bool, const std::string&) {},
                .on_method = [this](auto, const auto& method) { take(method); },
                .on_content = [](const Content&) {},
                .before_flush = [] {},
                .on_closed = [this](std::string reason) { finish(std::move(reason)); }};
    }

    void open_channel() {
        connection_.frames().method(the_channel, AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t{});
    }

    void take(const amqp_method_t& method) {
        if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
            const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
            connection_.frames().method(the_channel, AMQP_CHANNEL_CLOSE_OK_METHOD,
                                        amqp_channel_close_ok_t{});
            if (close.reply_code == stop_at_) return finish({});
            refusals_.push_back({.step = next_ - 1,
                                 .code = close.reply_code,
                                 .text = std::string(text_of(close.reply_text))});
            return open_channel();
        }
        if (next_ == steps_.size()) return finish({});
        steps_[next_++].send(connection_.frames());
    }

    void finish(std::string failure) {
        failure_ = std::move(failure);
        loop_.stop();
    }

    runtime::Loop loop_;
    std::vector<Step> steps_;
    std::size_t next_ = 0;
    int stop_at_ = 0;
    std::vector<Refusal> refusals_;
    std::string failure_;
    runtime::Timer deadline_;
    Connection connection_;
};

amqp_table_entry_t encoded(const std::string& key, const Argument& argument) {
    amqp_table_entry_t entry{};
    entry.key = amqp_view(key);
    if (const auto* flag = std::get_if<bool>(&argument)) {
        entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
        entry.value.value.boolean = *flag;
    } else if (const auto* number = std::get_if<std::int64_t>(&argument)) {
        entry.value.kind = AMQP_FIELD_KIND_I64;
        entry.value.value.i64 = *number;
    } else {
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = amqp_view(std::get<std::string>(argument));
    }
    return entry;
}

void send_exchange(FrameWriter& frames, const Exchange& exchange, bool passive) {
    amqp_exchange_declare_t declare{};
    declare.exchange = amqp_view(exchange.name);
    declare.type = amqp_view(exchange.type);
    declare.passive = passive;
    declare.durable = 1;
    frames.method(the_channel, AMQP_EXCHANGE_DECLARE_METHOD, declare);
}

void send_queue(FrameWriter& frames, const Queue& queue, bool passive) {
    std::vector<amqp_table_entry_t> arguments;
    for (const auto& [key, value] : queue.arguments)
        arguments.push_back(encoded(key, value));
    amqp_queue_declare_t declare{};
    declare.queue = amqp_view(queue.name);
    declare.passive = passive;
    declare.durable = 1;
    declare.arguments = {int(arguments.size()), arguments.data()};
    frames.method(the_channel, AMQP_QUEUE_DECLARE_METHOD, declare);
}

void send_binding(FrameWriter& frames, const Binding& binding) {
    amqp_queue_bind_t bind{};
    bind.queue = amqp_view(binding.queue);
    bind.exchange = amqp_view(binding.exchange);
    bind.routing_key = amqp_view(binding.key);
    frames.method(the_channel, AMQP_QUEUE_BIND_METHOD, bind);
}

void send_removal(FrameWriter& frames, const std::string& exchange) {
    amqp_exchange_delete_t removal{};
    removal.exchange = amqp_view(exchange);
    frames.method(the_channel, AMQP_EXCHANGE_DELETE_METHOD, removal);
}

std::vector<Step> steps_for(const Topology& topology, bool passive) {
    std::vector<Step> steps;
    for (const auto& exchange : topology.exchanges) {
        steps.push_back({.object = "exchange " + exchange.name,
                         .send = [=](FrameWriter& f) { send_exchange(f, exchange, passive); }});
    }
    for (const auto& queue : topology.queues) {
        steps.push_back({.object = "queue " + queue.name,
                         .send = [=](FrameWriter& f) { send_queue(f, queue, passive); }});
    }
    if (passive) return steps;
    for (const auto& binding : topology.bindings) {
        steps.push_back({.object = "binding " + binding.key + " of " + binding.exchange,
                         .send = [=](FrameWriter& f) { send_binding(f, binding); }});
    }
    for (const auto& exchange : topology.retired_exchanges) {
        steps.push_back({.object = "retired exchange " + exchange,
                         .send = [=](FrameWriter& f) { send_removal(f, exchange); }});
    }
    return steps;
}

std::string describe(const std::string& object, const Refusal& refusal) {
    switch (refusal.code) {
        case AMQP_NOT_FOUND:
            return object + " does not exist: run itn-migrate";
        case AMQP_PRECONDITION_FAILED:
            return object + " is not what this program expects (" + refusal.text +
                   "): drain and delete it, then run itn-migrate";
        default:
            return object + " was refused: " + std::to_string(refusal.code) + " " + refusal.text;
    }
}

/// Takes the steps and throws when any was refused.
void walk(const ConnectionSettings& settings, const Topology& topology, bool passive,
          int stop_at = 0) {
    const auto steps = steps_for(topology, passive);
    const std::string where = settings.url.text_without_password();
    std::vector<Refusal> refusals;
    try {
        refusals = Walk(settings, steps).run(stop_at);
    } catch (const BrokerUnreachable& failure) {
        throw BrokerUnreachable("broker " + where + ": " + failure.what());
    }
    if (refusals.empty()) return;
    std::string text = "the topology at broker " + where + " is not right:";
    for (const auto& refusal : refusals)
        text += "\n  " + describe(steps[refusal.step].object, refusal);
    throw TopologyError(text);
}

}  // namespace

void declare_topology(const ConnectionSettings& settings, const Topology& topology) {
    walk(settings, topology, false);
}

void verify_topology(const ConnectionSettings& settings, const Topology& topology) {
    walk(settings, topology, true);
    Topology kept = topology;
    kept.retired_exchanges.clear();
    walk(settings, kept, false, AMQP_ACCESS_REFUSED);
}

}  // namespace itn::messaging
