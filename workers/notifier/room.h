#pragma once

// Brings the feed and the clients together: whoever wants an event and may hear it gets it, live or
// late; whoever comes back gets what it missed, and nobody is told "recovered" unless nothing is
// missing. Positions move on over what a client may not hear. Loop thread only.
//
// What a client with a position sees is one of
//
//   hello(recovered: true) · missed events · live events
//   resync_required(reason) · hello(recovered: false) · live events
//
// with reason epoch_changed, future_position, too_far_behind, unreachable_position or history_gone.
//
// A topic of one trade or shipment that is not there, or that the client may not read, is answered
// with the same error frame. It stays a topic: should there be such a thing, rights alone decide.
// Each new one costs its principal one read. Who names more than is looked up just now hears that
// too, in one frame, and its topics count all the same.

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/runtime/metrics.h"
#include "workers/notifier/client.h"
#include "workers/notifier/ear.h"
#include "workers/notifier/feed.h"
#include "workers/notifier/hub.h"
#include "workers/notifier/look_ups.h"
#include "workers/notifier/resume.h"

namespace itn::workers::notifier {

class Room final : public Audience, public Listener {
public:
    using FindClient = std::function<Client*(ClientId)>;
    /// Takes so many reads of a principal's rate; false: it has to wait.
    using Spend = std::function<bool(const Principal&, std::int64_t reads)>;

    Room(Feed& feed, JournalThread& journal, runtime::Metrics& metrics);
    /// Before the first client: how to find one; nullptr when it is gone.
    void set_clients(FindClient find) { find_ = std::move(find); }
    /// Who pays for look-ups; until then nobody has to.
    void set_spend(Spend spend) { spend_ = std::move(spend); }
    /// Whom else to tell that something happened.
    void set_on_moved(std::function<void()> on_moved) { tell_moved_ = std::move(on_moved); }

    bool is_ready() const override { return feed_.has_begun(); }
    void on_opening(Client& client, Opening opening) override;
    void on_renewed(Client& client) override;
    std::optional<Problem> on_change(Client& client, Change change) override;
    void on_drained(Client& client) override;
    void on_gone(Client& client) override;

    void on_event(const Event& event, const std::string& position) override;
    void on_moved() override;
    void on_compared(const wire::Position& counters, Order::Time asked) override;
    void on_restart() override;

private:
    struct Seat {
        std::uint64_t number = 0;  // of whoever has it; 0: free
        Ear ear{};
        std::shared_ptr<Resume> resume{};
    };

    /// Tells the client of those of its new topics that are no things it may read. A problem when
    /// it asks for too much.
    std::optional<Problem> look_up(Client& client, const std::vector<Topic>& topics,
                                   const Hub::Places& fresh);
    void ask(ClientId id, const LookUp& look_up, std::function<void()> done);
    void deliver(ClientId id, const Frame& frame, const Subject& subject);
    void tell(Client& client, const Problem& problem);
    /// Lets the client in live at the feed's position.
    void greet(Client& client);
    void come_back(Client& client, wire::Position since);
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
    std::function<void()> tell_moved_ = [] {};
    Spend spend_ = [](const Principal&, std::int64_t) { return true; };
    Hub hub_;
    LookUps look_ups_;
    std::uint64_t seated_ = 0;       // so far
    std::vector<Seat> seats_;        // by ClientId
    std::set<ClientId> waiting_;     // whose Resume waits for the feed
    std::vector<ClientId> hearers_;  // of the event at hand
    runtime::Counter& delivered_;
    runtime::Counter& recovered_;
    runtime::Counter& resynced_;
};

}  // namespace itn::workers::notifier
