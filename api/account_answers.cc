#include "api/account_answers.h"

#include <span>

#include "api/answers.h"
#include "api/etag.h"
#include "common/identity/token_stations.h"
#include "common/runtime/uuid.h"
#include "common/wire/account.h"

namespace itn::api {

namespace {

/// What follows the prefix in the principal's text; nullopt when it begins otherwise.
std::optional<std::string> behind(std::string_view prefix, const Principal& principal) {
    if (!principal.text().starts_with(prefix)) return std::nullopt;
    return principal.text().substr(prefix.size());
}

}  // namespace

void answer_unkept(Call& call, int status, std::string body, AnswerHeaders headers) {
    headers.emplace_back("Cache-Control", "no-store");
    call.reply({.status = status,
                .body = std::move(body),
                .content_type = "application/json",
                .headers = std::move(headers)});
}

void answer_nothing(Call& call) {
    call.reply({.status = 204,
                .body = {},
                .content_type = {},
                .headers = {{"Cache-Control", "no-store"}}});
}

void answer_account(Call& call, int status, const storage::Account& account,
                    AnswerHeaders headers) {
    auto etag = version_etag(account.version);
    const bool is_read = status == 200 && call.request().method == front::Method::get;
    const bool is_known = is_read && is_not_modified(call.request(), etag);
    headers.emplace_back("ETag", std::move(etag));
    headers.emplace_back("Cache-Control", "private, no-cache");
    headers.emplace_back("Vary", "Authorization");
    call.reply({.status = is_known ? 304 : status,
                .body = is_known ? std::string() : wire::render(account),
                .content_type = "application/json",
                .headers = std::move(headers)});
}

std::string render_list(const std::vector<std::string>& rows) {
    return "{\"data\":" + joined(rows) + "}";
}

storage::Cause cause_of(const Room& room, const Call& call) {
    return {.caused_by = runtime::uuid_v7(),
            .traceparent = call.trace().traceparent,
            .at = room.clock.now()};
}

storage::AuditLine audit_line(const Room& room, const Call& call, std::string event,
                              std::string subject, std::string detail) {
    return {.at = room.clock.now(),
            .event = std::move(event),
            .principal = call.caller().principal,
            .peer = call.request().peer,
            .subject = std::move(subject),
            .detail = std::move(detail)};
}

void audit(storage::Accounts& accounts, const storage::AuditLine& line) {
    accounts.audit(std::span(&line, 1));
}

Problem unknown_station_problem(const Room& room, const std::vector<StationId>& stations) {
    std::string detail = "is not known";
    const auto catalogue = room.catalogue.get();
    for (const auto& station : stations)
        if (!catalogue->stations.contains(station)) detail = station.text() + " is not known";
    return {.slug = "unknown_station",
            .detail = "",
            .faults = {{.pointer = "/stations", .detail = std::move(detail)}}};
}

std::optional<Problem> stations_problem(const Room& room, const std::vector<StationId>& stations) {
    const auto& options = room.doorkeeper.options();
    return identity::stations_problem(options.issuer, options.audience, stations);
}

std::optional<std::string> account_id_of(const Principal& principal) {
    return behind("user:", principal);
}

std::optional<std::string> partner_name_of(const Principal& principal) {
    return behind("partner:", principal);
}

Problem no_such_account() {
    return problem_of("account_not_found", "No account has this id.");
}

bool is_machine(const gateway::Visitor& visitor) {
    return visitor.by_key || !visitor.caller.scopes.contains(identity::Scope::account);
}

std::optional<Problem> machine_problem(const Call& call) {
    if (!is_machine(call.visitor())) return std::nullopt;
    return problem_of("forbidden", "This is for people: API keys are for machines.");
}

}  // namespace itn::api
