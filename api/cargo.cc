#include "api/cargo.h"

#include <string>
#include <utility>

#include "api/answers.h"
#include "api/etag.h"
#include "api/history.h"
#include "api/pages.h"
#include "api/query.h"
#include "api/writes.h"
#include "common/rights/rights.h"
#include "common/wire/representation.h"

namespace itn::api {

namespace {

constexpr std::string_view list_name = "cargo";

Problem missing() {
    return problem_of("shipment_not_found", "No shipment has this shipmentId.");
}

std::string rendered(const storage::CargoView& view) {
    return wire::render(view.shipment.cargo, view.shipment.manifest, view.aboard);
}

storage::CargoFilter filter_of(Query& query) {
    storage::CargoFilter filter;
    filter.status = query.parsed("status", domain::cargo_status_from);
    if (const auto station = query.slug("station")) filter.station = StationId(*station);
    filter.after = time_cursor(query, list_name);
    filter.limit = query.limit();
    return filter;
}

/// If-Match is the expectedVersion of a wish that says none. A command names one version, and
/// whether the shipment exists it finds out itself.
std::optional<Problem> expect_if_match(const front::Request& request, Result<wire::Wish>& wish) {
    if (!wish) return std::nullopt;
    const auto given = if_match(request);
    if (!given) return given.problem();
    if (!*given || (*given)->any) return std::nullopt;
    auto& expected = wish->expected_version;
    if ((*given)->versions.empty())
        return problem_of("stale_version", "If-Match names weak tags only, which never match.");
    if (expected && !(*given)->allows(*expected))
        return problem_of("invalid_if_match",
                          "If-Match and expectedVersion contradict each other.");
    if (!expected && !(*given)->only())
        return problem_of("invalid_if_match", "If-Match must name one version of a shipment.");
    if (!expected) expected = (*given)->only();
    return std::nullopt;
}

}  // namespace

void create_cargo(const Room& room, CallPtr call) {
    auto wish = wire::parse_cargo_wish(call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

void list_cargo(const Room& room, CallPtr call) {
    Query query(call->request());
    auto filter = filter_of(query);
    if (query.problem()) return call->problem(*query.problem());
    filter.parties = stations_to_see(call->caller(), identity::Action::cargo_read);
    const bool is_filtered = filter.parties || filter.status || filter.station;
    auto job = [call, filter = std::move(filter)](storage::Reader& reader) {
        const auto read = reader.cargos(filter);
        List list{.name = list_name};
        for (const auto& view : read.value.rows)
            list.rows.push_back(rendered(view));
        if (read.value.next) list.next = cursor_key(*read.value.next);
        answer_list(*call, list, read.position);
    };
    if (is_filtered) return room.reads.run_heavy(call, std::move(job));
    room.reads.run(call, std::move(job));
}

void show_cargo(const Room& room, CallPtr call) {
    const ShipmentId id(std::string(call->request().param("shipmentId")));
    if (!is_shipment_id(id.text())) return call->problem(missing());
    room.reads.run(call, [call, id](storage::Reader& reader) {
        const auto read = reader.cargo(id);
        if (!read.value || !rights::may_read(call->caller(), read.value->shipment))
            return call->problem(missing());
        answer_read(*call, rendered(*read.value), read.position,
                    version_etag(read.value->shipment.cargo.version));
    });
}

void show_cargo_history(const Room& room, CallPtr call) {
    std::string id(call->request().param("shipmentId"));
    if (!is_shipment_id(id)) return call->problem(missing());
    answer_history(room, std::move(call), std::move(id), missing());
}

void change_cargo_status(const Room& room, CallPtr call) {
    const auto id = call->request().param("shipmentId");
    if (!is_shipment_id(id)) return call->problem(missing());
    auto wish = wire::parse_cargo_status_wish(id, call->request().body);
    if (const auto problem = expect_if_match(call->request(), wish)) return call->problem(*problem);
    submit_wish(room, std::move(call), std::move(wish));
}

void change_cargo_status_by_body(const Room& room, CallPtr call) {
    auto wish = wire::parse_cargo_status_alias(call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

}  // namespace itn::api
