#pragma once

// The queue door: consumes the command queue of every partner that the partner table names and that
// the broker has. Each partner's queue is worked off on its own (partner_queue.h), a few messages
// held at a time, so nobody's flood is in anybody's way. Loop thread only.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/storage/accounts.h"
#include "workers/ingress/partner_queue.h"
#include "workers/ingress/room.h"

namespace itn::workers::ingress {

class Ingress final {
public:
    explicit Ingress(const Room& room);
    ~Ingress();
    Ingress(const Ingress&) = delete;
    Ingress& operator=(const Ingress&) = delete;

    /// The whole partner table as it is now; to be said again and again.
    void know(const std::vector<storage::Partner>& partners);
    /// Takes nothing more, finishes the messages under way for at most `grace`, gives the others
    /// back, then calls `on_drained`.
    void drain(std::chrono::milliseconds grace, std::function<void()> on_drained);

    /// Whether the table was said lately: without it nothing is let in.
    bool is_current() const;
    /// Queues that are consumed.
    std::size_t open_queues() const { return queues_.size(); }

private:
    void open_when_there(const storage::Partner& partner);
    void open(const storage::Partner& partner);
    void close(const std::string& partner);
    void end_when_idle();
    void end();

    Room room_;
    std::chrono::steady_clock::time_point known_at_{};
    std::map<std::string, storage::Partner, std::less<>> partners_;
    std::map<std::string, std::unique_ptr<PartnerQueue>, std::less<>> queues_;
    std::function<void()> on_drained_;
    bool is_draining_ = false;
    runtime::Timer grace_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace itn::workers::ingress
