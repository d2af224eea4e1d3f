#include "workers/committer.h"

#include <algorithm>
#include <iterator>

#include "common/base/ensure.h"
#include "common/runtime/log.h"
#include "workers/batch.h"

namespace itn::workers {

void Committed::append(Committed other) {
    std::ranges::move(other.answers, std::back_inserter(answers));
    std::ranges::move(other.happened, std::back_inserter(happened));
}

Committer::Committer(storage::Store& store, const runtime::Clock& clock, const StopFlag& stop,
                     CommitterOptions options)
    : store_(store),
      clock_(clock),
      stop_(stop),
      options_(std::move(options)),
      callers_(clock),
      backoff_(options_.retry_first, options_.retry_most) {}

/// Runs `work` until the machine lets it through.
template <class Work>
auto Committer::insist(Work work) {
    for (;;) {
        try {
            auto result = work();
            tell("");
            backoff_.reset();
            return result;
        } catch (const storage::OutcomeTaken&) {
            // Somebody else committed it meanwhile: the next try reads its outcome.
            stop_.wait_for(std::chrono::milliseconds(1));
        } catch (const storage::Moved&) {
            // Rows moved between a look and a lock: contention, no trouble.
            stop_.wait_for(std::chrono::milliseconds(1));
        } catch (const storage::MachineFailure& failure) {
            if (stop_.is_set()) throw Stopped{};
            tell(failure.what());
            stop_.wait_for(backoff_.next());
        }
    }
}

Committed Committer::process(std::span<const Item> items) {
    Committed all;
    // Suspects are tried alone, in their place: whatever they do, it is done to nobody else.
    while (!items.empty()) {
        if (items.front().suspect) {
            all.append(process_alone(items.front()));
            items = items.subspan(1);
            continue;
        }
        const auto suspect = std::ranges::find(items, true, &Item::suspect);
        const auto run = items.first(static_cast<std::size_t>(suspect - items.begin()));
        items = items.subspan(run.size());
        try {
            all.append(insist([&] { return commit(run); }));
        } catch (const storage::CommandFault& fault) {
            all.append(bisect(run, fault.sqlstate()));
        }
    }
    return all;
}

void Committer::park_unreadable(std::span<const storage::Parked> unreadable) {
    for (const storage::Parked& one : unreadable) {
        runtime::log_error(
            "message parked",
            {{"lane", one.lane.text()}, {"reason", one.reason}, {"detail", one.detail}});
    }
    insist([&] {
        store_.park_unreadable(unreadable);
        return true;
    });
    for (const storage::Parked& one : unreadable)
        if (one.reason == wrong_sender) warn(one);
}

void Committer::warn(const storage::Parked& parked) {
    const domain::Event event{
        .kind = domain::EventKind::critical,
        .body = domain::Critical{.kind = domain::CriticalKind::command_parked,
                                 .about = parked.command_id,
                                 .message = parked.reason + ": " + parked.detail}};
    insist([&] {
        const auto transaction = store_.begin();
        const domain::World world;
        storage::WriteSet writes;
        writes.world = &world;
        writes.entries.push_back({.lane = parked.lane,
                                  .kind = event.kind,
                                  .subject = domain::subject_of(event),
                                  .caused_by = parked.command_id,
                                  .at = clock_.now(),
                                  .body = wire::render_body(event)});
        transaction->record(writes);
        transaction->commit();
        return true;
    });
}

Committed Committer::process_alone(const Item& item) {
    constexpr int most_attempts = 3;
    const domain::Command& command = item.envelope.command;
    const storage::OutcomeKey key{.principal = command.principal, .id = command.id};
    const std::vector<wire::Outcome> known = insist([&] {
        auto transaction = store_.begin();
        return transaction->known(std::span(&key, 1));
    });
    if (known.empty()) {
        const int attempts = insist([&] { return store_.count_attempt(key); });
        if (attempts > most_attempts) {
            return park(item, "attempts",
                        "its worker died on it " + std::to_string(attempts - 1) + " times");
        }
    }
    try {
        return insist([&] { return commit(std::span(&item, 1)); });
    } catch (const storage::CommandFault& fault) {
        return bisect(std::span(&item, 1), fault.sqlstate());
    }
}

Committed Committer::bisect(std::span<const Item> items, const std::string& sqlstate) {
    if (items.size() == 1) {
        for (;;) {
            try {
                return insist([&] { return commit(items); });
            } catch (const storage::CommandFault& again) {
                if (may_park(again.sqlstate())) {
                    return park(items.front(), again.sqlstate(), again.what());
                }
            }
            stop_.wait_for(options_.retry_most);
        }
    }
    runtime::log_warning("batch bisected", {{"commands", items.size()}, {"sqlstate", sqlstate}});
    Committed all;
    const std::size_t half = items.size() / 2;
    for (const auto part : {items.first(half), items.subspan(half)}) {
        try {
            all.append(insist([&] { return commit(part); }));
        } catch (const storage::CommandFault& fault) {
            all.append(bisect(part, fault.sqlstate()));
        }
    }
    return all;
}

Committed Committer::commit(std::span<const Item> items) {
    domain::Wanted extra;
    for (;;) {
        Batch batch(items, {.now = clock_.now(), .settings = options_.settings});
        const auto transaction = store_.begin();
        batch.remember(transaction->known(batch.keys()));
        if (batch.all_known()) return batch.committed({});
        callers_.gather(batch.principals(), *transaction);
        const Judge judge = [&](const auto& command, const auto& seen) {
            return callers_.refuse(command, seen, *transaction);
        };
        domain::World world;
        domain::Wanted first = batch.wanted();
        first.merge(extra);
        first.stock.clear();
        transaction->load(first, world);
        domain::Wanted second = batch.wanted_stock(world);
        second.stock.insert(extra.stock.begin(), extra.stock.end());
        transaction->load(second, world);
        try {
            storage::WriteSet writes = batch.decide(world, judge);
            transaction->record(writes);
            transaction->commit();
            return batch.committed(std::move(writes));
        } catch (const domain::NotGathered& missing) {
            extra.merge(missing.wanted);
        }
    }
}

Committed Committer::park(const Item& item, const std::string& code, const std::string& detail) {
    runtime::log_error("command parked", {{"command", item.envelope.command.id.text()},
                                          {"lane", item.lane.text()},
                                          {"code", code},
                                          {"detail", detail}});
    return insist([&] {
        const Timestamp now = clock_.now();
        const domain::Command& command = item.envelope.command;
        const auto transaction = store_.begin();
        const domain::World world;
        storage::WriteSet writes;
        writes.world = &world;
        writes.outcomes.push_back({.principal = command.principal,
                                   .id = command.id,
                                   .payload_hash = item.envelope.payload_hash,
                                   .kind = wire::OutcomeKind::failed,
                                   .code = code,
                                   .detail = detail,
                                   .subject = command.subject,
                                   .lane = item.lane,
                                   .seq = 1,
                                   .at = now});
        writes.entries.push_back(entry_of(item, parked_event(item, code), now));
        writes.parked.push_back({.lane = item.lane,
                                 .principal = command.principal.text(),
                                 .command_id = command.id.text(),
                                 .reason = code,
                                 .detail = detail,
                                 .payload = wire::render(item.envelope)});
        transaction->record(writes);
        transaction->commit();
        Committed result;
        result.answers.push_back(
            {.outcome = std::move(writes.outcomes.front()), .reply_to = item.envelope.reply_to});
        result.happened.push_back({.entry = std::move(writes.entries.front())});
        return result;
    });
}

/// Many commands failing alone with one SQLSTATE are the schema's or our fault, not theirs: beyond
/// a few within a minute nothing more is parked, the process is not ready and the command is tried
/// again.
bool Committer::may_park(const std::string& sqlstate) {
    const Timestamp minute_ago = clock_.now() - std::chrono::minutes(1);
    std::erase_if(faults_, [&](const auto& fault) { return fault.first < minute_ago; });
    const auto same =
        std::ranges::count(faults_, sqlstate, &std::pair<Timestamp, std::string>::second);
    if (static_cast<std::size_t>(same) >= options_.most_faults_a_minute) {
        tell("commands keep failing alone with SQLSTATE " + sqlstate + "; parking is halted");
        return false;
    }
    faults_.emplace_back(clock_.now(), sqlstate);
    return true;
}

void Committer::tell(const std::string& trouble) {
    if (trouble.empty() && !in_trouble_) return;
    in_trouble_ = !trouble.empty();
    options_.on_trouble(trouble);
}

}  // namespace itn::workers
