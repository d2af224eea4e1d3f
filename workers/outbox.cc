#include "workers/outbox.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/messaging/topology.h"
#include "common/wire/ids.h"
#include "common/wire/wish.h"

namespace itn::workers {

namespace {

Outgoing event_of(const wire::JournalEntry& entry, std::string_view epoch) {
    return {.seq = entry.seq,
            .parts = {{.key = std::string(name(entry.kind)), .rendered = render(entry, epoch)}}};
}

Outgoing reactions_of(const Happened& happened, std::string_view epoch, std::uint16_t shards) {
    Outgoing outgoing{.seq = happened.entry.seq};
    for (std::size_t i = 0; i < happened.reactions.size(); ++i) {
        const wire::Envelope envelope =
            envelope_of(happened.reactions[i], happened.entry, i, epoch);
        outgoing.parts.push_back({.key = wire::lane_of(envelope.command, shards).text(),
                                  .rendered = wire::render(envelope)});
    }
    return outgoing;
}

}  // namespace

wire::Envelope envelope_of(const domain::Reaction& reaction, const wire::JournalEntry& entry,
                           std::size_t index, std::string_view epoch) {
    const std::string event_id =
        std::string(epoch) + ':' + entry.lane.text() + ':' + std::to_string(entry.seq);
    wire::Envelope envelope{.command = {.id = CommandId(event_id + ':' + std::to_string(index)),
                                        .principal = domain::system_principal,
                                        .kind = reaction.kind,
                                        .subject = reaction.subject,
                                        .issued_at = entry.at,
                                        .body = reaction.body},
                            .traceparent = entry.traceparent,
                            .caused_by = event_id};
    if (auto* load = std::get_if<domain::LoadCargo>(&envelope.command.body)) {
        load->fresh =
            ShipmentId(wire::derive_id_beside(reaction.subject, envelope.command.id.text()));
    }
    envelope.payload_hash = wire::payload_hash(envelope.command);
    return envelope;
}

Outbox::Outbox(runtime::Loop& loop, messaging::Broker& broker,
               std::unique_ptr<storage::Store> store, OutboxOptions options)
    : loop_(loop),
      options_(std::move(options)),
      events_(loop, broker,
              {.exchange = std::string(messaging::events_exchange),
               .most_parts_per_message = limits::max_events_per_message},
              [this](Lane lane, std::int64_t from, std::int64_t to) {
                  advance(lane, storage::Watermark::published, from, to);
              }),
      reactions_(loop, broker,
                 {.exchange = std::string(messaging::commands_exchange),
                  .mandatory = true,
                  .persistent = true,
                  .most_parts_per_message = limits::max_commands_per_message},
                 [this](Lane lane, std::int64_t from, std::int64_t to) {
                     advance(lane, storage::Watermark::reacted, from, to);
                 }),
      clerk_(std::move(store), options_.clerk,
             ClerkReports{.learned =
                              [this, alive = std::weak_ptr(alive_)](Learned read) {
                                  loop_.post([this, alive,
                                              shared = std::make_shared<Learned>(
                                                  std::move(read))]() mutable {
                                      if (!alive.expired()) learned(std::move(*shared));
                                  });
                              },
                          .moved =
                              [this, alive = std::weak_ptr(alive_)](Lane lane) {
                                  loop_.post([this, alive, lane] {
                                      if (!alive.expired()) forget(lane);
                                  });
                              },
                          .stale =
                              [this, alive = std::weak_ptr(alive_)](Lane lane) {
                                  loop_.post([this, alive, lane] {
                                      if (!alive.expired()) stale(lane);
                                  });
                              },
                          .trouble = options_.on_trouble}) {}

void Outbox::committed(std::vector<Happened> happened) {
    for (const Happened& one : happened)
        take(one);
    events_.send();
    reactions_.send();
}

void Outbox::take(const Happened& happened) {
    const Lane lane = happened.entry.lane;
    View& view = views_[lane];
    view.last_seen = std::max(view.last_seen, happened.entry.seq);
    if (view.is_learning || view.is_behind) return;
    if (!events_.knows(lane)) return learn(lane);
    const bool taken =
        events_.append(lane, event_of(happened.entry, options_.epoch)) &&
        reactions_.append(lane, reactions_of(happened, options_.epoch, options_.shards));
    if (!taken) learn(lane);
}

void Outbox::learn(Lane lane) {
    views_[lane].is_learning = true;
    clerk_.learn(lane, -1);
}

void Outbox::read_on(Lane lane) {
    views_[lane].is_learning = true;
    clerk_.learn(lane, std::min(events_.taken(lane), reactions_.taken(lane)));
}

void Outbox::learned(Learned learned) {
    const Lane lane = learned.counters.lane;
    View& view = views_[lane];
    view.is_learning = false;
    if (!learned.is_from_watermarks && !events_.knows(lane)) return learn(lane);
    if (learned.is_from_watermarks && events_.is_idle(lane) && reactions_.is_idle(lane)) {
        events_.begin(lane, learned.counters.published_seq);
        reactions_.begin(lane, learned.counters.reacted_seq);
    }
    for (const Happened& happened : learned.entries) {
        if (!events_.append(lane, event_of(happened.entry, options_.epoch)) ||
            !reactions_.append(lane, reactions_of(happened, options_.epoch, options_.shards))) {
            break;
        }
    }
    const auto read_to = std::min(events_.taken(lane), reactions_.taken(lane));
    view.is_behind = !learned.is_all || read_to < view.last_seen;
    events_.send();
    reactions_.send();
}

void Outbox::stale(Lane lane) {
    if (views_[lane].is_learning) return;
    if (events_.is_idle(lane) && reactions_.is_idle(lane)) learn(lane);
}

void Outbox::forget(Lane lane) {
    events_.forget(lane);
    reactions_.forget(lane);
    views_[lane].is_behind = false;
}

void Outbox::advance(Lane lane, storage::Watermark watermark, std::int64_t from, std::int64_t to) {
    clerk_.advance(lane, watermark, from, to);
    // Read on as soon as what was read has left; the sweep would do it too, but later.
    const View& view = views_[lane];
    if (view.is_behind && !view.is_learning && events_.is_idle(lane) && reactions_.is_idle(lane)) {
        read_on(lane);
    }
}

void Outbox::resume() {
    events_.send();
    reactions_.send();
}

bool Outbox::is_idle() const {
    const auto is_read = [](const auto& view) {
        return !view.second.is_learning && !view.second.is_behind;
    };
    return std::ranges::all_of(views_, is_read) && events_.is_idle() && reactions_.is_idle() &&
           clerk_.is_idle();
}

}  // namespace itn::workers
