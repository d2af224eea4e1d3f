#include "workers/notifier/partner_feed.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/messaging/partner_queues.h"
#include "common/rights/rights.h"
#include "common/runtime/log.h"
#include "workers/notifier/partner_letters.h"
#include "workers/notifier/position_text.h"
#include "workers/notifier/resume.h"

namespace itn::workers::notifier {
namespace {

/// What became of the messages of one publish(), told by the loop to the feed's thread.
struct Answers {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::size_t open = 0;
    std::size_t undelivered = 0;
    bool is_lost = false;

    void take(messaging::Published what) {
        {
            const std::lock_guard lock(mutex);
            --open;
            is_lost = is_lost || what == messaging::Published::lost;
            if (what == messaging::Published::returned || what == messaging::Published::nacked)
                ++undelivered;
        }
        changed.notify_all();
    }
};

}  // namespace

PartnerFeed::PartnerFeed(const std::string& database_url, const std::string& application,
                         runtime::Loop& loop, messaging::Broker& broker, runtime::Metrics& metrics)
    : loop_(loop),
      broker_(broker),
      reader_(database_url, application),
      accounts_(reader_),
      mark_(database_url, application),
      sent_(metrics.counter("itn_partner_messages_total",
                            "Messages of events to partners, by result.", {{"result", "sent"}})),
      undelivered_(metrics.counter("itn_partner_messages_total",
                                   "Messages of events to partners, by result.",
                                   {{"result", "undelivered"}})),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PartnerFeed::~PartnerFeed() {
    thread_.request_stop();
    thread_.join();
}

void PartnerFeed::wake() {
    if (!has_partners_.load(std::memory_order_relaxed)) return;
    {
        const std::lock_guard lock(mutex_);
        is_woken_ = true;
    }
    wake_.notify_one();
}

void PartnerFeed::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::chrono::milliseconds pause = limits::partner_feed_retry;
        try {
            pause = round(stop);
        } catch (const std::exception& fault) {
            has_partners_ = false;
            runtime::log_limited(runtime::Level::warning, "cannot feed the partners",
                                 {{"error", fault.what()}});
        }
        rest(stop, pause);
    }
}

void PartnerFeed::rest(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    // Events come in crowds: those of a moment go together.
    const auto crowd = std::min<std::chrono::milliseconds>(time, limits::partner_feed_pause);
    wake_.wait_for(lock, stop, crowd, [] { return false; });
    wake_.wait_for(lock, stop, time - crowd, [this] { return is_woken_; });
    is_woken_ = false;
}

std::chrono::milliseconds PartnerFeed::round(const std::stop_token& stop) {
    const storage::Held held = mark_.hold();
    if (held != storage::Held::still) at_.reset();
    if (held == storage::Held::no) {
        has_partners_ = false;
        return limits::partner_feed_retry;
    }
    if (!at_) begin();
    if (!has_partners_ && watch_for_partners().empty()) return limits::partner_feed_poll;
    if (!std::exchange(has_mark_, true)) mark_.move(*at_);
    return feed(stop) ? limits::partner_feed_pause : limits::partner_feed_poll;
}

void PartnerFeed::begin() {
    // Read before the mark: whoever is made in between has made one, or finds this one older.
    wire::Position end = reader_.position();
    wire::Position mark = mark_.position();
    has_mark_ = !mark.seqs.empty() && !is_beyond(mark, reader_.position());
    if (!has_mark_ && !mark.seqs.empty()) mark_.forget();
    begin_at(has_mark_ ? std::move(mark) : std::move(end));
}

void PartnerFeed::begin_at(wire::Position position) {
    // A mark of a journal without events is a mark too.
    if (position.seqs.empty()) position.seqs[Lane{.family = Family::catalogue}] = 0;
    after_.clear();
    at_ = std::move(position);
}

PartnerFeed::Partners PartnerFeed::watch_for_partners() {
    // First the journal's end, then who is there: whoever is made later hears all that follows.
    wire::Position now = reader_.position();
    Partners found = partners();
    has_partners_ = !found.empty();
    if (has_partners_) return found;
    if (std::exchange(has_mark_, false)) mark_.forget();
    begin_at(std::move(now));
    return found;
}

PartnerFeed::Partners PartnerFeed::partners() {
    Partners all = accounts_.partners();
    std::erase_if(all, [](const storage::Partner& one) { return one.disabled; });
    return all;
}

bool PartnerFeed::feed(const std::stop_token& stop) {
    const auto read = reader_.events_since(*at_, limits::max_partner_read);
    if (read.position.epoch != at_->epoch || is_beyond(*at_, read.position)) {
        runtime::log_warning("the journal is another one", {{"epoch", read.position.epoch}});
        mark_.forget();
        at_.reset();
        return true;
    }
    // After the events: whoever was there when they happened is among them.
    const Partners found = partners();
    if (found.empty()) {
        mark_.forget();
        has_mark_ = has_partners_ = false;
        return false;
    }
    if (read.value.entries.empty()) return false;
    std::map<std::string, std::string> after;
    if (!publish(stop, letters(found, read.value.entries, after))) return false;
    after_ = std::move(after);
    at_ = read.value.reached;
    mark_.move(*at_);
    return !read.value.complete;
}

std::vector<messaging::Message> PartnerFeed::letters(
    const Partners& partners, const std::vector<wire::JournalEntry>& entries,
    std::map<std::string, std::string>& after) const {
    // Who was not there in the last round begins here, so that whoever comes back sees what it
    // missed.
    const std::string here = wire::render(*at_);
    std::vector<PartnerLetters> all;
    for (const storage::Partner& partner : partners) {
        const auto known = after_.find(partner.name);
        all.emplace_back(known == after_.end() ? here : known->second);
    }
    PositionText position;
    position.reset(*at_);
    for (const wire::JournalEntry& entry : entries) {
        position.set(entry.lane, entry.seq);
        const auto stake = rights::stake_of(entry.kind, entry.subject, entry.body);
        std::string event;
        for (std::size_t i = 0; i < partners.size(); ++i) {
            if (!rights::is_party(partners[i].stations, stake)) continue;
            if (event.empty()) event = wire::render(entry, at_->epoch);
            all[i].add(event, position.text());
        }
    }
    std::vector<messaging::Message> messages;
    for (std::size_t i = 0; i < partners.size(); ++i) {
        for (std::string& body : all[i].take())
            messages.push_back({.routing_key = messaging::partner_event_queue(partners[i].name),
                                .body = std::move(body)});
        after[partners[i].name] = all[i].after();
    }
    return messages;
}

bool PartnerFeed::publish(const std::stop_token& stop,
                          const std::vector<messaging::Message>& messages) {
    for (std::size_t from = 0; from < messages.size(); from += limits::max_partner_messages) {
        const auto count = std::min(limits::max_partner_messages, messages.size() - from);
        const auto answers = std::make_shared<Answers>();
        answers->open = count;
        const auto first = messages.begin() + static_cast<std::ptrdiff_t>(from);
        loop_.post(
            [&broker = broker_, answers,
             some = std::vector(first, first + static_cast<std::ptrdiff_t>(count))]() mutable {
                for (messaging::Message& message : some)
                    broker.publish(std::move(message),
                                   [answers](messaging::Published what) { answers->take(what); });
            });
        std::unique_lock lock(answers->mutex);
        const bool is_answered =
            answers->changed.wait_for(lock, stop, limits::partner_confirm_deadline,
                                      [&answers] { return answers->open == 0; });
        if (!is_answered || answers->is_lost) return false;
        sent_.add(count - answers->undelivered);
        undelivered_.add(answers->undelivered);
        if (answers->undelivered != 0)
            runtime::log_limited(runtime::Level::warning, "a partner has no queue for its events",
                                 {{"messages", answers->undelivered}});
    }
    return true;
}

}  // namespace itn::workers::notifier
