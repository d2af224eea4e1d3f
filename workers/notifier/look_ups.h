#pragma once

// What clients named and nobody has looked up yet: whether there is such a trade or shipment that
// they may read. Knowing it is a courtesy, so the journal is asked for one at a time, the clients
// take turns, and what waits is bounded: limits::max_client_look_ups of one client,
// limits::max_look_ups of all. Nothing waits for clients that have gone. Loop thread only.

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "workers/notifier/hub.h"

namespace itn::workers::notifier {

struct LookUp {
    Topic topic{};
    std::size_t place = 0;  // in the list that named it
};

class LookUps final {
public:
    /// Looks it up and then calls `done`, from a later turn of the loop.
    using Ask = std::function<void(ClientId, const LookUp&, std::function<void()> done)>;

    explicit LookUps(Ask ask) : ask_(std::move(ask)) {}
    LookUps(const LookUps&) = delete;
    LookUps& operator=(const LookUps&) = delete;

    std::size_t waiting() const { return count_; }
    std::size_t waiting_of(ClientId client) const;
    /// Whoever adds keeps the bounds.
    void add(ClientId client, LookUp look_up);
    /// Forgets the client.
    void remove(ClientId client);

private:
    void ask_next();

    Ask ask_;
    std::map<ClientId, std::deque<LookUp>> waiting_;  // none of them empty
    std::size_t count_ = 0;
    ClientId last_ = 0;  // whose turn was last
    bool is_asking_ = false;
};

}  // namespace itn::workers::notifier
