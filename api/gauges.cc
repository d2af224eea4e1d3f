#include "api/gauges.h"

#include <string>

namespace itn::api {

namespace {

void add_dispatch(const Room& room) {
    auto& metrics = room.metrics;
    const auto& dispatch = room.dispatch;
    metrics.gauge_from("itn_dispatch_waiting", "Commands submitted and not yet answered.",
                       [&dispatch] { return double(dispatch.waiting()); });
    metrics.gauge_from("itn_dispatch_braked_lanes", "Lanes slowed down by their long queues.",
                       [&dispatch] { return double(dispatch.braked_lanes()); });
    metrics.counter_from("itn_dispatch_messages_total", "Messages of commands published.",
                         [&dispatch] { return double(dispatch.messages()); });
    metrics.counter_from("itn_dispatch_refused_total", "Commands that were not even queued.",
                         [&dispatch] { return double(dispatch.refused()); });
    for (std::size_t kind = 0; kind < gateway::dispatched_kinds; ++kind) {
        const auto what = gateway::Dispatched(kind);
        metrics.counter_from("itn_dispatch_commands_total",
                             "Commands by what became of them at the broker.",
                             [&dispatch, what] { return double(dispatch.answered(what)); },
                             {{"result", std::string(gateway::name(what))}});
    }
}

void add_front(runtime::Metrics& metrics, const front::Server& server) {
    metrics.gauge_from("itn_http_connections", "Open connections.",
                       [&server] { return double(server.counters().open); });
    metrics.counter_from("itn_http_bad_requests_total", "Requests that were no valid HTTP.",
                         [&server] { return double(server.counters().bad_requests); });
    metrics.counter_from("itn_http_deadlines_total", "Requests answered by their deadline.",
                         [&server] { return double(server.counters().deadlines); });
}

}  // namespace

void add_gauges(const Room& room, const front::Server& server) {
    add_dispatch(room);
    add_front(room.metrics, server);
    room.metrics.gauge_from("itn_http_requests_in_flight", "Requests that wait for their answer.",
                            [&pending = room.pending] { return double(pending.count()); });
    room.metrics.gauge_from("itn_reads_waiting", "Reads that wait for a database thread.",
                            [&reads = room.reads] { return double(reads.waiting()); });
    room.metrics.counter_from("itn_audit_lines_total", "Lines noted in the audit trail.",
                              [&audit = room.audit] { return double(audit.noted()); });
    room.metrics.counter_from("itn_audit_dropped_total", "Those of them that were not kept.",
                              [&audit = room.audit] { return double(audit.dropped()); });
    room.metrics.gauge_from("itn_outcomes_awaited", "Callers that wait for an outcome.",
                            [&waiters = room.waiters] { return double(waiters.waiting()); });
}

}  // namespace itn::api
