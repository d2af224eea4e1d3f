#include "workers/intake.h"

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

}  // namespace

Intake read(std::span<const messaging::Delivery> deliveries, std::uint16_t shards) {
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
            const Lane home = wire::lane_of(envelope.command, shards);
            if (home != *lane) {
                intake.unreadable.push_back({.lane = *lane,
                                             .principal = envelope.command.principal.text(),
                                             .command_id = envelope.command.id.text(),
                                             .reason = "wrong_lane",
                                             .detail = "belongs to lane " + home.text(),
                                             .payload = wire::render(envelope)});
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
