#include "api/reads.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "common/gateway/budgets.h"
#include "common/runtime/log.h"

namespace itn::api {

namespace {

Problem unavailable() {
    return problem_of("database_unavailable", "Try again in a moment.");
}

Problem unknown_whether_written() {
    return problem_of("outcome_unknown", "It may have been written: read it before you try again.");
}

/// Half, but one at least.
std::size_t share_of(std::size_t all) {
    return std::max<std::size_t>(1, all / 2);
}

/// Whose share of the queue it takes: the principal's, or that of the address of who is nobody yet.
std::string payer_of(const Call& call) {
    if (call.caller().kind == identity::CallerKind::anonymous)
        return gateway::payer_of(call.request().peer);
    return call.caller().principal.text();
}

}  // namespace

Reads::Reads(Options options) : options_(std::move(options)), running_(options_.threads) {
    for (std::size_t slot = 0; slot < options_.threads; ++slot)
        threads_.emplace_back([this, slot](const std::stop_token& stop) { work(stop, slot); });
    threads_.emplace_back([this](const std::stop_token& stop) { watch(stop); });
}

Reads::~Reads() {
    stop();
}

void Reads::stop() {
    for (auto& thread : threads_)
        thread.request_stop();
    threads_.clear();
    const auto left = [this] {
        const std::lock_guard lock(mutex_);
        auto all = std::exchange(queue_, {});
        std::ranges::move(std::exchange(heavy_, {}), std::back_inserter(all));
        waiting_of_.clear();
        return all;
    }();
    for (const auto& entry : left)
        give_up(*entry, unavailable());
}

void Reads::run(CallPtr call, Job job, OnFailure on_failure) {
    enter(Sort::light, std::move(call), std::move(job), std::move(on_failure));
}

void Reads::run_heavy(CallPtr call, Job job, OnFailure on_failure) {
    enter(Sort::heavy, std::move(call), std::move(job), std::move(on_failure));
}

void Reads::run_write(CallPtr call, Job job) {
    enter(Sort::write, std::move(call), std::move(job), {});
}

bool Reads::has_room(const Entry& entry) const {
    if (queue_.size() + heavy_.size() >= options_.most) return false;
    const auto own = waiting_of_.find(entry.payer);
    if (own != waiting_of_.end() && own->second >= options_.most_of_one) return false;
    return entry.sort != Sort::heavy || heavy_.size() < share_of(options_.most);
}

Reads::EntryPtr Reads::take_first(Queue& queue) {
    auto entry = std::move(queue.front());
    queue.pop_front();
    const auto own = waiting_of_.find(entry->payer);
    if (--own->second == 0) waiting_of_.erase(own);
    return entry;
}

void Reads::enter(Sort sort, CallPtr call, Job job, OnFailure on_failure) {
    auto entry = std::make_shared<Entry>();
    entry->sort = sort;
    entry->payer = payer_of(*call);
    entry->call = std::move(call);
    entry->job = std::move(job);
    entry->on_failure = std::move(on_failure);
    entry->since = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (has_room(*entry)) {
            ++waiting_of_[entry->payer];
            (sort == Sort::heavy ? heavy_ : queue_).push_back(std::move(entry));
            changed_.notify_one();
            return;
        }
    }
    give_up(*entry, problem_of("overloaded", "Too many reads wait already."));
}

std::size_t Reads::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size() + heavy_.size();
}

/// Where the next entry is, the older first; null when nothing may begin.
Reads::Queue* Reads::ready() {
    const auto is_heavy = [](const EntryPtr& entry) { return entry && entry->sort == Sort::heavy; };
    const auto busy = static_cast<std::size_t>(std::ranges::count_if(running_, is_heavy));
    const bool heavy_may = !heavy_.empty() && busy < share_of(running_.size());
    if (queue_.empty()) return heavy_may ? &heavy_ : nullptr;
    return heavy_may && heavy_.front()->since < queue_.front()->since ? &heavy_ : &queue_;
}

Reads::EntryPtr Reads::next(const std::stop_token& stop, std::size_t slot) {
    std::unique_lock lock(mutex_);
    running_[slot] = nullptr;
    Queue* queue = nullptr;
    if (!changed_.wait(lock, stop, [&] { return (queue = ready()) != nullptr; })) return nullptr;
    return running_[slot] = take_first(*queue);
}

void Reads::work(const std::stop_token& stop, std::size_t slot) {
    storage::Reader reader(options_.database_url, "itn-api");
    while (const auto entry = next(stop, slot))
        if (!entry->given_up) perform(reader, *entry);
}

void Reads::perform(storage::Reader& reader, Entry& entry) {
    try {
        entry.job(reader);
        failing_ = false;
    } catch (const storage::MachineFailure& failure) {
        failing_ = true;
        runtime::log_limited(runtime::Level::warning, "read failed",
                             {{"error", failure.what()}, {"trace_id", entry.call->trace().id}});
        give_up(entry, entry.sort == Sort::write ? unknown_whether_written() : unavailable());
    } catch (const std::exception& failure) {
        runtime::log_limited(runtime::Level::error, "read broke",
                             {{"error", failure.what()}, {"trace_id", entry.call->trace().id}});
        give_up(entry, problem_of("internal", ""));
    }
}

void Reads::give_up(Entry& entry, const Problem& problem) {
    if (entry.given_up.exchange(true)) return;
    if (entry.on_failure) return entry.on_failure();
    entry.call->problem(problem);
}

std::vector<Reads::EntryPtr> Reads::overdue() {
    const auto allowed = is_healthy() ? options_.deadline : options_.deadline_failing;
    const auto oldest = std::chrono::steady_clock::now() - allowed;
    const auto is_late = [oldest](const EntryPtr& entry) {
        return entry && entry->sort != Sort::write && entry->since < oldest && !entry->given_up;
    };
    std::vector<EntryPtr> late;
    std::ranges::copy_if(running_, std::back_inserter(late), is_late);
    if (!late.empty()) failing_ = true;
    for (auto* queue : {&queue_, &heavy_})
        while (!queue->empty() && queue->front()->since < oldest)
            late.push_back(take_first(*queue));
    return late;
}

void Reads::watch(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        // Nobody signals this: it is a sleep that a stop ends.
        tick_.wait_for(lock, stop, limits::read_tick, [] { return false; });
        const auto late = overdue();
        lock.unlock();
        for (const auto& entry : late)
            give_up(*entry, unavailable());
        lock.lock();
    }
}

}  // namespace itn::api
