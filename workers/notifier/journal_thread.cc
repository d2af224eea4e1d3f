#include "workers/notifier/journal_thread.h"

#include <algorithm>
#include <exception>

#include "common/runtime/log.h"

namespace itn::workers::notifier {
namespace {

/// The entries as the events that a message would have brought.
std::vector<Event> as_events(const std::vector<wire::JournalEntry>& entries,
                             const std::string& epoch) {
    std::string text = "[";
    for (const wire::JournalEntry& entry : entries) {
        if (text.size() > 1) text += ',';
        text += wire::render(entry, epoch);
    }
    return scan_events(std::make_shared<const std::string>(text + "]"));
}

}  // namespace

JournalThread::JournalThread(runtime::Loop& loop, JournalCalls calls)
    : loop_(loop),
      calls_(std::move(calls)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

JournalThread::~JournalThread() {
    *alive_ = false;
    thread_.request_stop();
    thread_.join();
}

void JournalThread::position(OnPosition on_position) {
    enqueue(Urgency::feed, [this, deliver = std::move(on_position)]() mutable {
        answer<wire::Position>(calls_.position, std::move(deliver));
    });
}

void JournalThread::read(Urgency urgency, Lane lane, std::int64_t after, std::size_t limit,
                         OnEvents on_events, IsWanted is_wanted) {
    enqueue(urgency, [this, lane, after, limit, deliver = std::move(on_events),
                      is_wanted = std::move(is_wanted)]() mutable {
        if (is_wanted && !is_wanted()) return;
        const auto work = [this, lane, after, limit] {
            const auto entries = calls_.read(lane, after, limit);
            return as_events(entries, calls_.position().epoch);
        };
        answer<std::vector<Event>>(work, std::move(deliver));
    });
}

void JournalThread::may_read(gateway::VisitorPtr visitor, Topic topic, OnMayRead on_may_read) {
    enqueue(Urgency::look_up, [this, visitor = std::move(visitor), topic = std::move(topic),
                               deliver = std::move(on_may_read)]() mutable {
        answer<bool>([&] { return calls_.may_read(visitor->caller, topic); }, std::move(deliver));
    });
}

void JournalThread::enqueue(Urgency urgency, Task task) {
    {
        const std::lock_guard lock(mutex_);
        waiting_.at(static_cast<std::size_t>(urgency)).push_back(std::move(task));
    }
    wake_.notify_one();
}

void JournalThread::run(const std::stop_token& stop) {
    const auto has_task = [](const std::deque<Task>& tasks) { return !tasks.empty(); };
    while (true) {
        Task task;
        {
            std::unique_lock lock(mutex_);
            auto from = waiting_.end();
            const auto found = [&] {
                return (from = std::ranges::find_if(waiting_, has_task)) != waiting_.end();
            };
            if (!wake_.wait(lock, stop, found) || stop.stop_requested()) return;
            task = std::move(from->front());
            from->pop_front();
        }
        task();
    }
}

template <class T>
void JournalThread::answer(const std::function<T()>& work,
                           std::function<void(std::optional<T>)> deliver) {
    std::optional<T> result;
    try {
        result = work();
    } catch (const std::exception& fault) {
        runtime::log_limited(runtime::Level::warning, "cannot read the journal",
                             {{"error", fault.what()}});
    }
    is_reachable_.store(result.has_value(), std::memory_order_relaxed);
    loop_.post([alive = alive_, deliver = std::move(deliver),
                carried = std::make_shared<std::optional<T>>(std::move(result))] {
        if (*alive) deliver(std::move(*carried));
    });
}

}  // namespace itn::workers::notifier
