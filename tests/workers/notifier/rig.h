#pragma once

// A whole notifier in the test's process: real sockets on loopback, a broker and a journal in
// memory that the test can break. The loop has a thread of its own; the functions here are for the
// test's thread.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/messaging/broker_memory.h"
#include "common/wire/notice.h"
#include "tests/workers/notifier/door.h"
#include "workers/notifier/room.h"
#include "workers/notifier/socket.h"

namespace itn::workers::notifier::tests {

/// Waits until `holds`, at most ten seconds; whether it did.
bool eventually(const std::function<bool()>& holds);

/// The journal of a database in memory. Any thread.
class MemoryJournal final {
public:
    /// Appends to the entry's lane and gives it its seq.
    wire::JournalEntry append(wire::JournalEntry entry);
    /// Another database takes its place: nothing is in it.
    void replace(const std::string& epoch);
    void break_down() { is_broken_ = true; }
    void mend() { is_broken_ = false; }
    /// From now on whoever looks something up waits until the release.
    void hold() { is_held_ = true; }
    void release();

    /// Throws while broken.
    wire::Position position();
    std::vector<wire::JournalEntry> read(Lane lane, std::int64_t after, std::size_t limit);

    /// Whether there is an event of that subject; whoever asks may read it.
    bool has(const std::string& subject);

    std::string epoch();
    std::size_t reads() const { return reads_; }
    /// What was read and looked up since the beginning, in order: "trade.01", "t1".
    std::vector<std::string> asked();

private:
    std::mutex mutex_;
    std::string epoch_ = "epoch-1";
    std::map<Lane, std::vector<wire::JournalEntry>> lanes_;
    std::vector<std::string> asked_;
    std::atomic<bool> is_broken_{false};
    std::atomic<bool> is_held_{false};
    std::atomic<std::size_t> reads_{0};
};

inline constexpr Lane trade_lane{.family = Family::trade, .shard = 1};
inline constexpr Lane cargo_lane{.family = Family::cargo, .shard = 2};

/// A trade.confirmed of seller ceres and buyer europa with one line of ice.
wire::JournalEntry trade_entry(const std::string& subject, Lane lane = trade_lane);
wire::JournalEntry entry_of(domain::EventKind kind, const std::string& subject,
                            const std::string& body, Lane lane);

/// Deadlines of a test's notifier: none of them comes by itself.
Hall::Times patient();

class Rig final {
public:
    /// Without `door` it is the MemoryDoor's.
    explicit Rig(SocketSettings settings = {.times = patient()}, bool with_feed = true,
                 std::optional<DoorCalls> door = {});
    ~Rig();
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    std::uint16_t port() const { return socket_->port(); }
    MemoryJournal& journal() { return journal_; }
    MemoryDoor& door() { return door_; }
    messaging::MemoryServer& server() { return *server_; }

    /// Appends and tells by message.
    wire::JournalEntry happen(wire::JournalEntry entry);
    /// Sends one message with these events, as they are, once our queue is there.
    void tell(const std::vector<wire::JournalEntry>& entries);
    void tell_text(const std::string& body);
    /// Runs on the loop's thread and waits for its end.
    void on_loop(const std::function<void()>& task);
    /// Waits until the feed knows where it stands and consumes.
    void wait_until_up();
    std::size_t clients();
    std::string metrics_page() { return metrics_.render(); }
    /// The value of a series as the page shows it; -1 when there is none.
    double metric(const std::string& series);
    messaging::MemoryBroker& broker() { return *broker_; }
    void set_spend(const Room::Spend& spend) {
        on_loop([&] { room_->set_spend(spend); });
    }
    void stop_socket();
    bool is_stopped() const { return is_stopped_; }
    void start_feed();

private:
    MemoryJournal journal_;
    MemoryDoor door_;
    std::shared_ptr<messaging::MemoryServer> server_ = std::make_shared<messaging::MemoryServer>();
    runtime::Loop loop_;
    runtime::Metrics metrics_;
    std::unique_ptr<messaging::MemoryBroker> broker_;
    std::unique_ptr<JournalThread> journal_thread_;
    std::unique_ptr<Feed> feed_;
    std::unique_ptr<Room> room_;
    std::unique_ptr<Entrance> entrance_;
    std::unique_ptr<Socket> socket_;
    std::atomic<bool> is_stopped_{false};
    std::thread thread_;
};

}  // namespace itn::workers::notifier::tests
