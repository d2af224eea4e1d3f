#include "common/gateway/gauges.h"

#include <string>

namespace itn::gateway {

void add_dispatch_gauges(runtime::Metrics& metrics, const Dispatch& dispatch) {
    metrics.gauge_from("itn_dispatch_waiting", "Commands submitted and not yet answered.",
                       [&dispatch] { return double(dispatch.waiting()); });
    metrics.gauge_from("itn_dispatch_braked_lanes", "Lanes slowed down by their long queues.",
                       [&dispatch] { return double(dispatch.braked_lanes()); });
    metrics.counter_from("itn_dispatch_messages_total", "Messages of commands published.",
                         [&dispatch] { return double(dispatch.messages()); });
    metrics.counter_from("itn_dispatch_refused_total", "Commands that were not even queued.",
                         [&dispatch] { return double(dispatch.refused()); });
    for (std::size_t kind = 0; kind < dispatched_kinds; ++kind) {
        const auto what = Dispatched(kind);
        metrics.counter_from("itn_dispatch_commands_total",
                             "Commands by what became of them at the broker.",
                             [&dispatch, what] { return double(dispatch.answered(what)); },
                             {{"result", std::string(name(what))}});
    }
}

}  // namespace itn::gateway
