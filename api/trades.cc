#include "api/trades.h"

#include <string>
#include <utility>

#include "api/answers.h"
#include "api/etag.h"
#include "api/history.h"
#include "api/pages.h"
#include "api/query.h"
#include "api/writes.h"
#include "common/rights/rights.h"
#include "common/wire/ids.h"
#include "common/wire/representation.h"

namespace itn::api {

namespace {

constexpr std::string_view list_name = "trades";

Problem missing() {
    return problem_of("trade_not_found", "No trade has this transactionId.");
}

storage::TradeFilter filter_of(Query& query) {
    storage::TradeFilter filter;
    filter.status = query.parsed("status", domain::trade_status_from);
    if (const auto station = query.slug("station")) filter.station = StationId(*station);
    if (const auto product = query.slug("product")) filter.product = ProductId(*product);
    filter.from = query.time("from", Edge::from);
    filter.to = query.time("to", Edge::to);
    filter.after = time_cursor(query, list_name);
    filter.limit = query.limit();
    return filter;
}

}  // namespace

void create_trade(const Room& room, CallPtr call) {
    auto wish = wire::parse_trade_wish(call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

void list_trades(const Room& room, CallPtr call) {
    Query query(call->request());
    auto filter = filter_of(query);
    if (query.problem()) return call->problem(*query.problem());
    filter.parties = stations_to_see(call->caller(), identity::Action::trade_read);
    const bool is_filtered = filter.parties || filter.status || filter.station || filter.product;
    auto job = [call, filter = std::move(filter)](storage::Reader& reader) {
        const auto read = reader.trades(filter);
        List list{.name = list_name};
        for (const auto& trade : read.value.rows)
            list.rows.push_back(wire::render(trade));
        if (read.value.next) list.next = cursor_key(*read.value.next);
        answer_list(*call, list, read.position);
    };
    if (is_filtered) return room.reads.run_heavy(call, std::move(job));
    room.reads.run(call, std::move(job));
}

void show_trade(const Room& room, CallPtr call) {
    const TransactionId id(std::string(call->request().param("transactionId")));
    if (!wire::is_uuid(id.text())) return call->problem(missing());
    room.reads.run(call, [call, id](storage::Reader& reader) {
        const auto read = reader.trade(id);
        if (!read.value || !rights::may_read(call->caller(), *read.value))
            return call->problem(missing());
        // Its shipment is no part of its version: the tag is a hash.
        answer_read(*call, wire::render(*read.value), read.position);
    });
}

void show_trade_history(const Room& room, CallPtr call) {
    std::string id(call->request().param("transactionId"));
    if (!wire::is_uuid(id)) return call->problem(missing());
    answer_history(room, std::move(call), std::move(id), missing());
}

void change_trade_status(const Room& room, CallPtr call) {
    const auto id = call->request().param("transactionId");
    if (!wire::is_uuid(id)) return call->problem(missing());
    if (call->request().header("if-match"))
        return call->problem(problem_of("invalid_if_match",
                                        "The ETag of a trade is not its version: send "
                                        "expectedVersion in the body instead."));
    auto wish = wire::parse_trade_status_wish(id, call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

}  // namespace itn::api
