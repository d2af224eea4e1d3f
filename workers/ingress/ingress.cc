#include "workers/ingress/ingress.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/messaging/partner_queues.h"
#include "common/runtime/log.h"
#include "common/wire/account.h"

namespace itn::workers::ingress {

Ingress::Ingress(const Room& room) : room_(room), grace_(room.loop, [this] { end(); }) {}

Ingress::~Ingress() = default;

bool Ingress::is_current() const {
    return known_at_ != std::chrono::steady_clock::time_point{} &&
           room_.clock.steady() - known_at_ < limits::partners_overdue;
}

void Ingress::know(const std::vector<storage::Partner>& partners) {
    if (is_draining_) return;
    known_at_ = room_.clock.steady();
    partners_.clear();
    for (const auto& partner : partners)
        if (wire::is_partner_name(partner.name)) partners_.emplace(partner.name, partner);
    std::vector<std::string> gone;
    for (const auto& [name, queue] : queues_) {
        const auto known = partners_.find(name);
        if (known == partners_.end())
            gone.push_back(name);
        else
            queue->know(known->second);
    }
    for (const auto& name : gone)
        close(name);
    for (const auto& [name, partner] : partners_)
        if (!queues_.contains(name)) open_when_there(partner);
}

/// The row may be made before the queue: a queue that does not exist is not asked for.
void Ingress::open_when_there(const storage::Partner& partner) {
    room_.broker.ask_depth(
        messaging::partner_command_queue(partner.name),
        [this, name = partner.name, alive = std::weak_ptr(alive_)](const auto& depth) {
            if (alive.expired() || !depth || is_draining_ || queues_.contains(name)) return;
            if (const auto known = partners_.find(name); known != partners_.end())
                open(known->second);
        });
}

void Ingress::open(const storage::Partner& partner) {
    auto& queue = queues_[partner.name];
    queue = std::make_unique<PartnerQueue>(room_, partner, [this] { end_when_idle(); });
    room_.broker.subscribe(messaging::partner_command_queue(partner.name), limits::partner_prefetch,
                           [this, name = partner.name](messaging::Delivery delivery) {
                               const auto found = queues_.find(name);
                               if (found != queues_.end())
                                   found->second->receive(std::move(delivery));
                           });
    runtime::log_info("partner queue opened", {{"partner", partner.name}});
}

void Ingress::close(const std::string& partner) {
    room_.broker.unsubscribe(messaging::partner_command_queue(partner));
    queues_.erase(partner);
    runtime::log_info("partner queue closed", {{"partner", partner}});
}

void Ingress::drain(std::chrono::milliseconds grace, std::function<void()> on_drained) {
    is_draining_ = true;
    on_drained_ = std::move(on_drained);
    grace_.start(grace);
    for (const auto& [name, queue] : queues_)
        queue->stop();
    end_when_idle();
}

void Ingress::end_when_idle() {
    const bool is_idle =
        std::ranges::all_of(queues_, [](const auto& named) { return named.second->is_idle(); });
    // Not from here: whoever calls may be the queue that is to go.
    if (is_idle && is_draining_) grace_.start(std::chrono::milliseconds(0));
}

void Ingress::end() {
    for (const auto& [name, queue] : queues_)
        room_.broker.unsubscribe(messaging::partner_command_queue(name));
    queues_.clear();
    if (auto drained = std::exchange(on_drained_, {})) drained();
}

}  // namespace itn::workers::ingress
