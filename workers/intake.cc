#include "workers/intake.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/ensure.h"
#include "common/messaging/topology.h"
#include "common/wire/ids.h"

namespace itn::workers {

namespace {

/// One crash or a planned hand-over makes no suspects.
constexpr std::int64_t suspect_from = 2;

std::string detail_of(const Problem& problem) {
    std::string detail = problem.slug + ": " + problem.detail;
    for (const Fault& fault : problem.faults)
        detail += "; " + fault.pointer + ' ' + fault.detail;
    return detail;
}

/// Why a command that could be read is put aside all the same.
std::optional<storage::Parked> fault_of(const wire::Envelope& envelope,
                                        const messaging::Delivery& delivery, Lane lane,
                                        std::uint16_t shards, const BrokerUsers& users) {
    const domain::Command& command = envelope.command;
    const Lane home = wire::lane_of(command, shards);
    storage::Parked parked{
        .lane = lane, .principal = command.principal.text(), .command_id = command.id.text()};
    if (!users.may_carry(delivery.user_id, command.principal)) {
        parked.reason = wrong_sender;
        parked.detail = "broker user \"" + delivery.user_id + "\" may not send commands of " +
                        command.principal.text();
    } else if (home != lane) {
        parked.reason = "wrong_lane";
        parked.detail = "belongs to lane " + home.text();
    } else {
        return std::nullopt;
    }
    parked.payload = wire::render(envelope);
    return parked;
}

}  // namespace

bool BrokerUsers::may_carry(const std::string& user, const Principal& principal) const {
    const auto& allowed = principal == domain::system_principal ? workers : doors;
    return !user.empty() && std::ranges::find(allowed, user) != allowed.end();
}

Intake read(std::span<const messaging::Delivery> deliveries, std::uint16_t shards,
            const BrokerUsers& users) {
    Intake intake;
    for (const messaging::Delivery& delivery : deliveries) {
        const auto lane = messaging::lane_of_queue(delivery.tag.queue);
        ENSURE(lane.has_value());
        wire::Parsed parsed = wire::parse_envelopes(delivery.body);
        for (wire::Unreadable& one : parsed.unreadable) {
            intake.unreadable.push_back({.lane = *lane,
                                         .reason = "unreadable",
                                         .detail = detail_of(one.problem),
                                         .payload = std::move(one.raw)});
        }
        for (wire::Envelope& envelope : parsed.envelopes) {
            if (auto fault = fault_of(envelope, delivery, *lane, shards, users)) {
                intake.unreadable.push_back(std::move(*fault));
                continue;
            }
            intake.items.push_back({.lane = *lane,
                                    .envelope = std::move(envelope),
                                    .suspect = delivery.delivery_count >= suspect_from});
        }
    }
    return intake;
}

}  // namespace itn::workers
