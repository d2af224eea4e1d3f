#include "workers/clerk.h"

#include <algorithm>

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::workers {

namespace {

/// The catalogue lane has no worker of its own.
bool serves_catalogue(const ClerkOptions& options) {
    return options.family == Family::inventory;
}

std::vector<domain::Reaction> reactions_of(const wire::JournalEntry& entry) {
    switch (entry.kind) {
        case domain::EventKind::trade_confirmed:
        case domain::EventKind::trade_cancelled:
        case domain::EventKind::cargo_departed:
        case domain::EventKind::cargo_delivered:
        case domain::EventKind::cargo_lost:
        case domain::EventKind::cargo_cancelled:
            break;
        case domain::EventKind::trade_rejected:
        case domain::EventKind::trade_in_transit:
        case domain::EventKind::trade_completed:
        case domain::EventKind::trade_failed:
        case domain::EventKind::cargo_created:
        case domain::EventKind::cargo_loaded:
        case domain::EventKind::cargo_unloaded:
        case domain::EventKind::cargo_delayed:
        case domain::EventKind::cargo_resumed:
        case domain::EventKind::cargo_located:
        case domain::EventKind::inventory_changed:
        case domain::EventKind::product_created:
        case domain::EventKind::product_updated:
        case domain::EventKind::product_deleted:
        case domain::EventKind::station_created:
        case domain::EventKind::station_updated:
        case domain::EventKind::station_deleted:
        case domain::EventKind::user_registered:
        case domain::EventKind::user_updated:
        case domain::EventKind::critical:
            return {};
    }
    const auto event = wire::parse_body(entry.kind, entry.body);
    ENSURE(event.ok());  // we wrote it
    return domain::react(*event);
}

}  // namespace

Clerk::Clerk(std::unique_ptr<storage::Store> store, ClerkOptions options, ClerkReports reports)
    : store_(std::move(store)),
      options_(std::move(options)),
      reports_(std::move(reports)),
      thread_([this] { run(); }) {}

Clerk::~Clerk() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.set();
    wake_.notify_all();
    thread_.join();
}

void Clerk::learn(Lane lane, std::int64_t after) {
    const std::lock_guard lock(mutex_);
    to_learn_.insert_or_assign(lane, after);
    wake_.notify_all();
}

void Clerk::advance(Lane lane, storage::Watermark watermark, std::int64_t from, std::int64_t to) {
    const std::lock_guard lock(mutex_);
    Range& range = to_advance_[{lane, watermark}];
    if (range.to != from) range.from = from;
    range.to = to;
}

bool Clerk::is_idle() const {
    const std::lock_guard lock(mutex_);
    return to_advance_.empty() && !advancing_;
}

void Clerk::run() {
    while (wait()) {
        try {
            work();
            reports_.trouble("");
            backoff_.reset();
        } catch (const storage::MachineFailure& failure) {
            reports_.trouble(failure.what());
            try {
                stop_.wait_for(backoff_.next());
            } catch (const Stopped&) {
                return;
            }
        }
    }
}

/// False when the thread is to end.
bool Clerk::wait() {
    std::unique_lock lock(mutex_);
    auto pause = to_advance_.empty() ? options_.sweep_every : options_.advance_every;
    if (serves_catalogue(options_)) pause = std::min(pause, options_.catalogue_sweep_every);
    wake_.wait_for(lock, pause, [this] { return stopping_ || !to_learn_.empty(); });
    return !stopping_;
}

void Clerk::work() {
    learn_all();
    if (is_due(last_advance_, options_.advance_every)) advance_all();
    if (is_due(last_sweep_, options_.sweep_every)) sweep(options_.family);
    if (serves_catalogue(options_) && is_due(last_catalogue_sweep_, options_.catalogue_sweep_every))
        sweep(Family::catalogue);
    if (is_due(last_beat_, options_.beat_every)) {
        store_->beat(options_.instance, options_.family, options_.host, options_.lanes);
    }
}

bool Clerk::is_due(std::chrono::steady_clock::time_point& last, std::chrono::milliseconds every) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < every) return false;
    last = now;
    return true;
}

void Clerk::advance_all() {
    std::map<Mark, Range> ranges;
    {
        const std::lock_guard lock(mutex_);
        ranges.swap(to_advance_);
        advancing_ = !ranges.empty();
    }
    // What a failure leaves undone is found by the sweep.
    for (const auto& [mark, range] : ranges) {
        if (!store_->advance(mark.first, mark.second, range.from, range.to)) {
            reports_.moved(mark.first);
        }
    }
    const std::lock_guard lock(mutex_);
    advancing_ = false;
}

/// A request is taken out before it is served: one that comes meanwhile, even from what this one
/// reports, is a request of its own.
void Clerk::learn_all() {
    for (;;) {
        std::map<Lane, std::int64_t>::node_type request;
        {
            const std::lock_guard lock(mutex_);
            if (to_learn_.empty()) return;
            request = to_learn_.extract(to_learn_.begin());
        }
        try {
            read(request.key(), request.mapped());
        } catch (const storage::MachineFailure&) {
            const std::lock_guard lock(mutex_);
            to_learn_.insert(std::move(request));
            throw;
        }
    }
}

void Clerk::read(Lane lane, std::int64_t after) {
    const auto all = store_->counters(lane.family);
    const auto found = std::ranges::find(all, lane, &storage::LaneCounters::lane);
    ENSURE(found != all.end());
    Learned learned{.counters = *found, .is_from_watermarks = after < 0};
    if (after < 0) after = std::min(found->published_seq, found->reacted_seq);
    for (auto& entry : store_->journal(lane, after, limits::max_entries_per_volley)) {
        auto reactions = reactions_of(entry);
        learned.entries.push_back({.entry = std::move(entry), .reactions = std::move(reactions)});
    }
    learned.is_all = learned.entries.size() < limits::max_entries_per_volley;
    reports_.learned(std::move(learned));
}

void Clerk::sweep(Family family) {
    const auto now = std::chrono::steady_clock::now();
    for (const auto& counters : store_->counters(family))
        sweep(counters, now);
}

void Clerk::sweep(const storage::LaneCounters& counters,
                  std::chrono::steady_clock::time_point now) {
    const Lane lane = counters.lane;
    const bool is_behind =
        counters.published_seq < counters.last_seq || counters.reacted_seq < counters.last_seq;
    if (!is_behind) {
        standing_.erase(lane);
        if (locked_.erase(lane) != 0) store_->unlock(lane);
        return;
    }
    Standing& standing = standing_.try_emplace(lane, Standing{.since = now}).first->second;
    const bool stands = standing.counters.published_seq == counters.published_seq &&
                        standing.counters.reacted_seq == counters.reacted_seq;
    if (!stands) standing = {.counters = counters, .since = now};
    const bool is_stale = lane.family == Family::catalogue ||
                          (stands && now - standing.since >= limits::watermark_stale);
    if (!is_stale) return;
    if (!locked_.contains(lane) && !store_->try_lock(lane)) return;
    locked_.insert(lane);
    reports_.stale(lane);
}

}  // namespace itn::workers
