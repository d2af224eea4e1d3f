#include "workers/batch.h"

#include <algorithm>
#include <utility>

#include "common/base/ensure.h"

namespace itn::workers {

namespace {

storage::OutcomeKey key_of(const domain::Command& command) {
    return {.principal = command.principal, .id = command.id};
}

wire::Outcome outcome_of(const Item& item, const domain::Decision& decision, Timestamp at) {
    const domain::Command& command = item.envelope.command;
    wire::Outcome outcome{.principal = command.principal,
                          .id = command.id,
                          .payload_hash = item.envelope.payload_hash,
                          .subject = decision.subject.empty() ? command.subject : decision.subject,
                          .lane = item.lane,
                          .at = at};
    if (!decision.rejection) return outcome;
    // Nobody would hear of a rejected reaction, so it is a failure of ours, kept for people to see.
    const bool is_reaction = command.principal == domain::system_principal;
    outcome.kind = is_reaction ? wire::OutcomeKind::failed : wire::OutcomeKind::rejected;
    outcome.code = name(*decision.rejection);
    outcome.detail = decision.detail;
    return outcome;
}

/// The stored outcome stays the first; whoever reuses its key for another wish hears this instead.
wire::Outcome key_reuse(const wire::Outcome& first) {
    wire::Outcome answer = first;
    answer.kind = wire::OutcomeKind::rejected;
    answer.code = name(domain::Rejection::key_reuse);
    answer.detail = "this command id was used before for another wish";
    return answer;
}

}  // namespace

Batch::Batch(std::span<const Item> items, const domain::Context& context)
    : items_(items), context_(context) {}

std::vector<storage::OutcomeKey> Batch::keys() const {
    std::set<storage::OutcomeKey> keys;
    for (const Item& item : items_)
        keys.insert(key_of(item.envelope.command));
    return {keys.begin(), keys.end()};
}

void Batch::remember(std::vector<wire::Outcome> known) {
    for (wire::Outcome& outcome : known) {
        storage::OutcomeKey key{.principal = outcome.principal, .id = outcome.id};
        known_.insert_or_assign(std::move(key), std::move(outcome));
    }
}

bool Batch::all_known() const {
    return std::ranges::all_of(items_, [this](const Item& item) {
        return known_.contains(key_of(item.envelope.command));
    });
}

std::set<Principal> Batch::principals() const {
    std::set<Principal> all;
    for (const Item& item : items_) {
        if (!known_.contains(key_of(item.envelope.command)))
            all.insert(item.envelope.command.principal);
    }
    return all;
}

domain::Wanted Batch::wanted() const {
    domain::Wanted all;
    for (const Item& item : items_) {
        if (known_.contains(key_of(item.envelope.command))) continue;
        all.merge(domain::wanted(item.envelope.command));
    }
    all.stock.clear();  // stock is locked last, with what the loaded rows ask for
    return all;
}

domain::Wanted Batch::wanted_stock(const domain::World& world) const {
    domain::Wanted all;
    for (const Item& item : items_) {
        const domain::Command& command = item.envelope.command;
        if (known_.contains(key_of(command))) continue;
        for (const auto& key : domain::wanted(command).stock)
            all.stock.insert(key);
        for (const auto& key : domain::wanted_stock(world, command).stock)
            all.stock.insert(key);
    }
    return all;
}

storage::WriteSet Batch::decide(domain::World& world, const Judge& judge) {
    decided_.clear();
    reactions_.clear();
    storage::WriteSet writes;
    writes.world = &world;
    writes.outcomes.reserve(items_.size());
    for (const Item& item : items_) {
        const storage::OutcomeKey key = key_of(item.envelope.command);
        if (known_.contains(key) || decided_.contains(key)) continue;
        decide_one(item, world, judge, writes);
        decided_.emplace(key, writes.outcomes.size() - 1);
    }
    return writes;
}

void Batch::decide_one(const Item& item, domain::World& world, const Judge& judge,
                       storage::WriteSet& writes) {
    const domain::Command& command = item.envelope.command;
    const auto refused = judge(command, world);
    const domain::Decision decision = refused ? domain::turn_away(command, *refused, context_)
                                              : domain::decide(world, command, context_);
    for (const domain::Fact& fact : decision.facts)
        domain::evolve(world, fact);
    wire::Outcome outcome = outcome_of(item, decision, context_.now);
    write_facts(item, decision.facts, writes);
    if (outcome.kind == wire::OutcomeKind::failed) {
        write_critical(item, outcome.code + ": " + outcome.detail, writes);
        writes.parked.push_back({.lane = item.lane,
                                 .principal = outcome.principal.text(),
                                 .command_id = outcome.id.text(),
                                 .reason = "reaction_rejected",
                                 .detail = outcome.code + ": " + outcome.detail,
                                 .payload = wire::render(item.envelope)});
    }
    const bool left_none = decision.facts.empty() && outcome.kind != wire::OutcomeKind::failed;
    outcome.seq = left_none ? 0 : static_cast<std::int64_t>(writes.entries.size());
    writes.outcomes.push_back(std::move(outcome));
}

void Batch::write_facts(const Item& item, const std::vector<domain::Fact>& facts,
                        storage::WriteSet& writes) {
    for (const domain::Fact& fact : facts) {
        for (const domain::Move& move : fact.moves) {
            writes.moves.push_back({.entry = writes.entries.size(), .move = move});
        }
        writes.entries.push_back(entry_of(item, fact.event, context_.now));
        reactions_.push_back(domain::react(fact.event));
    }
}

void Batch::write_critical(const Item& item, const std::string& detail, storage::WriteSet& writes) {
    writes.entries.push_back(entry_of(item, parked_event(item, detail), context_.now));
    reactions_.emplace_back();
}

Committed Batch::committed(storage::WriteSet writes) {
    Committed result;
    result.answers.reserve(items_.size());
    for (const Item& item : items_) {
        const storage::OutcomeKey key = key_of(item.envelope.command);
        const auto known = known_.find(key);
        const wire::Outcome& outcome =
            known != known_.end() ? known->second : writes.outcomes[decided_.at(key)];
        const bool same = outcome.payload_hash == item.envelope.payload_hash;
        result.answers.push_back(
            {.outcome = same ? outcome : key_reuse(outcome), .reply_to = item.envelope.reply_to});
    }
    ENSURE(reactions_.size() == writes.entries.size());
    result.happened.reserve(writes.entries.size());
    for (std::size_t i = 0; i < writes.entries.size(); ++i) {
        result.happened.push_back(
            {.entry = std::move(writes.entries[i]), .reactions = std::move(reactions_[i])});
    }
    return result;
}

wire::JournalEntry entry_of(const Item& item, const domain::Event& event, Timestamp at) {
    return {.lane = item.lane,
            .kind = event.kind,
            .subject = domain::subject_of(event),
            .version = domain::version_of(event),
            .caused_by = item.envelope.command.id.text(),
            .traceparent = item.envelope.traceparent,
            .at = at,
            .body = wire::render_body(event)};
}

domain::Event parked_event(const Item& item, const std::string& detail) {
    const domain::Command& command = item.envelope.command;
    return {.kind = domain::EventKind::critical,
            .body = domain::Critical{
                .kind = domain::CriticalKind::command_parked,
                .about = command.subject,
                .message = std::string(name(command.kind)) + " was put aside: " + detail}};
}

}  // namespace itn::workers
