#include "api/gauges.h"

#include "common/gateway/gauges.h"

namespace itn::api {

namespace {

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
    gateway::add_dispatch_gauges(room.metrics, room.dispatch);
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
