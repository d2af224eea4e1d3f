#pragma once

// Brings the feed and the clients together: whoever may hear an event gets it, whoever comes back
// gets what it missed, and nobody is told "recovered" unless nothing is missing. Loop thread only.
//
// What a client with a position sees is one of
//
//   hello(recovered: true) · missed events · live events
//   resync_required(reason) · hello(recovered: false) · live events
//
// with reason epoch_changed, future_position, too_far_behind, unreachable_position or history_gone.

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/metrics.h"
#include "workers/notifier/client.h"
#include "workers/notifier/feed.h"
#include "workers/notifier/hub.h"
#include "workers/notifier/resume.h"

namespace itn::workers::notifier {

class Room final : public Audience, public Listener {
public:
    using FindClient = std::function<Client*(ClientId)>;

    Room(Feed& feed, JournalThread& journal, runtime::Metrics& metrics);
    /// Before the first client: how to find one; nullptr when it is gone.
    void set_clients(FindClient find) { find_ = std::move(find); }

    bool is_ready() const override { return feed_.has_begun(); }
    void on_opening(Client& client, Opening opening) override;
    std::optional<Problem> on_change(Client& client, Change change) override;
    void on_drained(Client& client) override;
    void on_gone(Client& client) override;

    void on_event(const Event& event, const std::string& position) override;
    void on_moved() override;
    void on_compared(const wire::Position& counters, Order::Time asked) override;
    void on_restart() override;

private:
    struct Seat {
        bool is_taken = false;
        std::shared_ptr<Resume> resume{};
    };

    void deliver(ClientId id, const Frame& frame, const Subject& subject);
    /// Lets the client in live at the feed's position.
    void greet(Client& client);
    void resync(Client& client, std::string_view reason);
    void try_catch_up(Client& client);
    void read_page(Client& client);
    void take_page(ClientId id, const std::weak_ptr<Resume>& resume,
                   std::optional<std::vector<Event>> events);
    /// Sends what is missed and held as long as the client takes it.
    void pump(Client& client);
    void send_missed(Client& client, const Event& event, const std::string& position);
    void for_waiting(const std::function<void(Client&, Resume&)>& act);

    Feed& feed_;
    JournalThread& journal_;
    FindClient find_;
    Hub hub_;
    std::vector<Seat> seats_;        // by ClientId
    std::set<ClientId> waiting_;     // whose Resume waits for the feed
    std::vector<ClientId> hearers_;  // of the event at hand
    runtime::Counter& delivered_;
    runtime::Counter& recovered_;
    runtime::Counter& resynced_;
};

}  // namespace itn::workers::notifier
