#include "workers/notifier/ear.h"

namespace itn::workers::notifier {
namespace {

/// Nobody's: whoever hears of it hears of every station.
const StationId nowhere{"?"};

}  // namespace

Ear::Ear(gateway::VisitorPtr visitor) : visitor_(std::move(visitor)) {
    const identity::Caller& caller = visitor_->caller;
    hears_causes_ = rights::reads_everything(caller);
    for (std::size_t i = 0; i < kinds; ++i) {
        const auto kind = static_cast<domain::EventKind>(i);
        always_.set(i, rights::may_hear(caller, {.kind = kind}) &&
                           rights::may_hear(caller, {.kind = kind, .stations = {nowhere}}));
    }
}

}  // namespace itn::workers::notifier
