#include "api/writes.h"

namespace itn::api {

namespace {

/// Ids that clients choose are visible ASCII and may hold quotes; those of things never do.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
    if (!out.empty()) out += ',';
    append_quoted(out, name);
    out += ':';
    append_quoted(out, value);
}

}  // namespace

std::string location_of(domain::CommandKind kind, std::string_view subject) {
    std::string_view path = "/";
    switch (domain::family_of(kind)) {
        case Family::trade:
            path = "/api/trades/";
            break;
        case Family::cargo:
            path = "/api/cargo/";
            break;
        case Family::inventory:
            path = "/api/inventory/";
            break;
        case Family::catalogue:
            break;
    }
    std::string out(path);
    return out.append(subject);
}

std::string render_ids(const domain::Command& command) {
    std::string out;
    append_member(out, "commandId", command.id.text());
    const std::string_view subject = command.subject;
    switch (domain::family_of(command.kind)) {
        case Family::trade:
            append_member(out, "transactionId", subject);
            break;
        case Family::cargo:
            append_member(out, "shipmentId", subject);
            break;
        case Family::inventory:
            append_member(out, "stationId", subject.substr(0, subject.find('/')));
            append_member(out, "productId", subject.substr(subject.find('/') + 1));
            break;
        case Family::catalogue:
            break;
    }
    return out;
}

std::string render_accepted(const domain::Command& command) {
    std::string out;
    out.reserve(192);
    return out.append(1, '{').append(render_ids(command)).append(R"(,"status":"accepted"})");
}

Problem refused_problem() {
    return {.slug = "overloaded",
            .detail = "Nothing was accepted. Retry with the same key.",
            .faults = {}};
}

Problem key_reuse_problem() {
    return {.slug = "key_reuse", .detail = "It was used for another wish before.", .faults = {}};
}

Problem reuse_unknown_problem() {
    return {.slug = "outcome_unknown",
            .detail = "The key came with another wish before, and whose it is cannot be read now.",
            .faults = {}};
}

Problem not_accepted_problem(gateway::Dispatched what) {
    switch (what) {
        case gateway::Dispatched::lost:
        case gateway::Dispatched::deadline:
            return {.slug = "outcome_unknown",
                    .detail = "Unknown, retry with the same key: commandId.",
                    .faults = {}};
        case gateway::Dispatched::accepted:
        case gateway::Dispatched::unavailable:
        case gateway::Dispatched::returned:
        case gateway::Dispatched::nacked:
            break;
    }
    return {.slug = "not_accepted",
            .detail = "Nothing was accepted. Retry with the same key: commandId.",
            .faults = {}};
}

}  // namespace itn::api
