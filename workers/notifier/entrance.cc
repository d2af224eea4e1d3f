#include "workers/notifier/entrance.h"

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/runtime/clock.h"

namespace itn::workers::notifier {

Entrance::OnKnown Entrance::on_loop(OnKnown on_known) {
    return [&loop = loop_, alive = alive_,
            on_known = std::move(on_known)](Result<gateway::VisitorPtr> known) mutable {
        loop.post([alive, on_known = std::move(on_known), known = std::move(known)] {
            if (*alive) on_known(known);
        });
    };
}

void Entrance::identify(std::string_view authorization, const std::string& peer, OnKnown on_known) {
    calls_.identify(authorization, peer, on_loop(std::move(on_known)));
}

void Entrance::identify_secret(std::string_view secret, const std::string& peer, OnKnown on_known) {
    calls_.identify_secret(secret, peer, on_loop(std::move(on_known)));
}

bool Entrance::may_stay(const gateway::Visitor& visitor) const {
    return calls_.may_stay(visitor, runtime::SystemClock().now());
}

bool Entrance::enter(const Principal& principal) {
    std::size_t& count = inside_[principal];
    if (count >= limits::max_ws_per_principal) return false;
    ++count;
    return true;
}

void Entrance::leave(const Principal& principal) {
    const auto found = inside_.find(principal);
    ENSURE(found != inside_.end());
    if (--found->second == 0) inside_.erase(found);
}

}  // namespace itn::workers::notifier
