#pragma once

// A door on a broker in memory, run on the thread of the test.

#include <map>
#include <string>
#include <vector>

#include "common/gateway/dispatch.h"
#include "common/messaging/broker_memory.h"
#include "tests/common/messaging/desk.h"

namespace itn::gateway {

inline const Lane lane_zero{Family::trade, 0};
inline const Lane lane_one{Family::cargo, 0};

/// A command that is recognised by its id again.
inline wire::Envelope command(const std::string& id, std::size_t bulk = 0) {
    wire::Envelope envelope;
    domain::Command& wish = envelope.command;
    wish.id = CommandId(id);
    wish.principal = Principal("dev");
    wish.kind = domain::CommandKind::trade_cancel;
    wish.subject = "00000000-0000-8000-8000-000000000000";
    wish.body = domain::CancelTrade{std::string(bulk, 'x')};
    return envelope;
}

struct Door {
    messaging::Desk desk{};
    std::shared_ptr<messaging::MemoryServer> server = std::make_shared<messaging::MemoryServer>();
    std::unique_ptr<messaging::MemoryBroker> broker{};
    std::unique_ptr<Dispatch> dispatch{};
    std::map<std::string, Dispatched> answers{};
    int answered_twice = 0;

    Door() {
        server->declare(messaging::topology(1));
        broker = std::make_unique<messaging::MemoryBroker>(desk.loop, server);
        dispatch = std::make_unique<Dispatch>(desk.loop, *broker);
        broker->start([this](messaging::State state) {
            if (dispatch) dispatch->on_state(state);
        });
    }
    bool open() {
        return desk.until([&] { return dispatch->is_available(); });
    }
    bool submit(const std::string& id, Lane lane = lane_zero, std::size_t bulk = 0) {
        return dispatch->submit(command(id, bulk), lane, [this, id](Dispatched what) {
            if (!answers.emplace(id, what).second) ++answered_twice;
        });
    }
    bool until_answered(std::size_t count) {
        return desk.until([&] { return answers.size() >= count; });
    }
    /// The ids in each message that waits in the lane's queue.
    std::vector<std::vector<std::string>> messages(Lane lane = lane_zero) const {
        std::vector<std::vector<std::string>> all;
        for (const auto& body : server->waiting(messaging::queue_name(lane))) {
            auto& ids = all.emplace_back();
            for (const auto& envelope : wire::parse_envelopes(body).envelopes)
                ids.push_back(envelope.command.id.text());
        }
        return all;
    }
};

}  // namespace itn::gateway
