#include "api/outcomes.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "api/answers.h"
#include "api/etag.h"
#include "api/writes.h"
#include "common/rights/rights.h"
#include "common/wire/representation.h"

namespace itn::api {

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A thing as REST shows it, and what goes with it.
struct View {
    std::string body{};
    std::string etag{};
    wire::Position position{};
};

std::optional<View> view_trade(storage::Reader& reader, const identity::Caller& caller,
                               const std::string& subject) {
    const auto read = reader.trade(TransactionId(subject));
    if (!read.value || !rights::may_read(caller, *read.value)) return std::nullopt;
    auto body = wire::render(*read.value);
    auto etag = body_etag(body);
    return View{.body = std::move(body), .etag = std::move(etag), .position = read.position};
}

std::optional<View> view_cargo(storage::Reader& reader, const identity::Caller& caller,
                               const std::string& subject) {
    const auto read = reader.cargo(ShipmentId(subject));
    if (!read.value || !rights::may_read(caller, read.value->shipment)) return std::nullopt;
    const auto& [shipment, aboard] = *read.value;
    return View{.body = wire::render(shipment.cargo, shipment.manifest, aboard),
                .etag = version_etag(shipment.cargo.version),
                .position = read.position};
}

std::optional<View> view_stock(storage::Reader& reader, const std::string& subject) {
    const auto key = domain::stock_key_from(subject);
    if (!key) return std::nullopt;
    const auto read = reader.stock(*key);
    if (!read.value) return std::nullopt;
    return View{.body = wire::render(*read.value),
                .etag = version_etag(read.value->version),
                .position = read.position};
}

/// nullopt also for what the caller may not read any more.
std::optional<View> view(storage::Reader& reader, const identity::Caller& caller,
                         domain::CommandKind kind, const std::string& subject) {
    switch (domain::family_of(kind)) {
        case Family::trade:
            return view_trade(reader, caller, subject);
        case Family::cargo:
            return view_cargo(reader, caller, subject);
        case Family::inventory:
            return view_stock(reader, subject);
        case Family::catalogue:
            break;
    }
    return std::nullopt;
}

bool is_create(domain::CommandKind kind) {
    return kind == domain::CommandKind::trade_create || kind == domain::CommandKind::cargo_create ||
           kind == domain::CommandKind::inventory_transfer;
}

void reply_with(Call& call, int status, std::string body, Headers headers) {
    headers.emplace_back("Cache-Control", "no-store");
    call.reply({.status = status,
                .body = std::move(body),
                .content_type = "application/json",
                .headers = std::move(headers)});
}

}  // namespace

std::string render_outcome(const wire::Outcome& outcome, std::string_view epoch,
                           std::string_view traceparent) {
    const auto wired = nlohmann::ordered_json::parse(wire::render(outcome, epoch));
    nlohmann::ordered_json json{{"commandId", outcome.id.text()}};
    for (const auto& [name, value] : wired.items())
        if (name != "id" && name != "principal") json[name] = value;
    constexpr std::size_t id_at = 3;
    constexpr std::size_t id_size = 32;
    if (traceparent.size() >= id_at + id_size) json["traceId"] = traceparent.substr(id_at, id_size);
    return json.dump();
}

Problem problem_of(const wire::Outcome& outcome) {
    if (outcome.kind == wire::OutcomeKind::failed)
        return {.slug = "command_parked", .detail = outcome.detail, .faults = {}};
    return {.slug = outcome.code, .detail = outcome.detail, .faults = {}};
}

void answer_outcome(const Room& room, CallPtr call, domain::CommandKind kind,
                    const wire::Outcome& outcome, Headers headers) {
    if (outcome.kind != wire::OutcomeKind::applied)
        return call->problem(problem_of(outcome), outcome.id.text(), std::move(headers));
    headers.emplace_back("Location", location_of(kind, outcome.subject));
    const int status = is_create(kind) ? 201 : 200;
    // Without the database the outcome is still known: it is told without the thing.
    auto tell = [call, outcome, headers] {
        reply_with(*call, 200, render_outcome(outcome, {}, {}), headers);
    };
    room.reads.run(
        call,
        [call, kind, outcome, headers, status, tell](storage::Reader& reader) {
            auto seen = view(reader, call->caller(), kind, outcome.subject);
            if (!seen) return tell();
            auto all = headers;
            all.emplace_back("ETag", std::move(seen->etag));
            all.emplace_back(position_header, wire::render(seen->position));
            reply_with(*call, status, std::move(seen->body), std::move(all));
        },
        tell);
}

}  // namespace itn::api
