#pragma once

// Feeds the queues of partners, itn.partner.<name>.events, with what their stations are party to.
// One feeder works among all notifiers: whoever holds the lock of the mark in the database. It
// reads the journal above the mark, publishes what it finds, and moves the mark when the broker has
// confirmed it. So every event arrives at least once, in the order of its lane; partners drop what
// they have by lane and seq. What the broker cannot deliver (there is no such queue) is logged and
// is a gap for the partner to see, and never stops the others.
//
// A new partner hears what happens after it was made, fed at that moment or not, and one that was
// disabled what happens after it is enabled again: it sees the gap by the position that its next
// event comes after.

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"
#include "common/storage/accounts.h"
#include "common/storage/partner_mark.h"
#include "common/storage/reader.h"

namespace itn::workers::notifier {

class PartnerFeed final {
public:
    /// Starts its thread. `broker` is used on the loop thread alone and outlives the loop's last
    /// turn.
    PartnerFeed(const std::string& database_url, const std::string& application,
                runtime::Loop& loop, messaging::Broker& broker, runtime::Metrics& metrics);
    /// Waits for the round under way.
    ~PartnerFeed();
    PartnerFeed(const PartnerFeed&) = delete;
    PartnerFeed& operator=(const PartnerFeed&) = delete;

    /// Any thread. Something happened: look at once, if there are partners.
    void wake();

private:
    using Partners = std::vector<storage::Partner>;

    void run(const std::stop_token& stop);
    /// How long to rest before the next round.
    std::chrono::milliseconds round(const std::stop_token& stop);
    void rest(const std::stop_token& stop, std::chrono::milliseconds time);
    /// While there are no partners: keeps up with the journal's end without reading it.
    Partners watch_for_partners();
    /// Where the feed goes on when this process took it over.
    void begin();
    void begin_at(wire::Position position);
    /// Reads the next events and sends them to whom they concern. Whether there are more.
    bool feed(const std::stop_token& stop);
    /// `after` is filled with what after_ is to be once they are sent.
    std::vector<messaging::Message> letters(const Partners& partners,
                                            const std::vector<wire::JournalEntry>& entries,
                                            std::map<std::string, std::string>& after) const;
    /// Publishes and waits for the broker's answers; false when some may not have arrived.
    bool publish(const std::stop_token& stop, const std::vector<messaging::Message>& messages);
    Partners partners();

    runtime::Loop& loop_;
    messaging::Broker& broker_;
    storage::Reader reader_;
    storage::Accounts accounts_;
    storage::PartnerMark mark_;
    std::optional<wire::Position> at_;          // all up to here was sent
    bool has_mark_ = false;                     // at_ stands in the database
    std::map<std::string, std::string> after_;  // by partner of the last round: its last event
    std::atomic<bool> has_partners_{false};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool is_woken_ = false;
    runtime::Counter& sent_;
    runtime::Counter& undelivered_;
    std::jthread thread_;
};

}  // namespace itn::workers::notifier
