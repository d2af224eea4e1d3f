#include "common/wire/notice.h"

#include <array>

#include "common/wire/ids.h"
#include "common/wire/parts.h"

namespace itn::wire {

namespace {

constexpr std::array<std::string_view, 3> outcome_names = {"applied", "rejected", "failed"};
constexpr Range seq_range{.from = 1};

/// Reads the elements of an array that `read` makes without a fault.
template <class T, class Read>
std::vector<T> parse_elements(std::string_view body, Read read) {
    std::vector<T> elements;
    const auto document = read_json(body, own_json);
    if (!document || document->root().type != JsonType::array) return elements;
    elements.reserve(document->root().count);
    const JsonPlace root;
    document->each(document->root(), [&](const JsonNode& node, std::uint32_t) {
        Faults faults;
        Fields fields(*document, node, root, faults);
        T element = read(fields);
        if (faults.none()) elements.push_back(std::move(element));
    });
    return elements;
}

void append_event_id(std::string& out, std::string_view epoch, const Lane& lane, std::int64_t seq) {
    out += epoch;
    out += ':';
    out += lane.text();
    out += ':';
    append_number(out, seq);
}

/// The object behind `key` as it stands there.
std::string raw_object(Fields& fields, std::string_view key) {
    const JsonNode* const node = fields.need(key);
    if (node == nullptr) return {};
    if (node->type != JsonType::object) fields.schema(key, "must be an object");
    return std::string(node->raw);
}

Notice read_notice(Fields& fields) {
    Notice notice;
    JournalEntry& entry = notice.entry;
    const auto id = fields.view("id", limits::max_header_text);
    entry.kind = fields.name_of("kind", domain::event_kind_from, "is no kind of event");
    entry.subject = fields.text("subject", limits::max_header_text);
    entry.version = fields.integer("version", version_range);
    entry.lane = fields.name_of("lane", Lane::from, "is no lane");
    entry.seq = fields.integer("seq", seq_range);
    notice.epoch = fields.text("epoch", limits::max_header_text);
    entry.caused_by = fields.text_if("causedBy", limits::max_header_text).value_or("");
    entry.traceparent = fields.text_if("traceparent", limits::max_header_text).value_or("");
    entry.at = fields.time("at");
    entry.body = raw_object(fields, "body");
    std::string expected;
    append_event_id(expected, notice.epoch, entry.lane, entry.seq);
    if (id != expected) fields.schema("id", "must be epoch, lane and seq");
    return notice;
}

void read_outcome_position(Outcome& outcome, Fields& fields) {
    const JsonNode* const node = fields.find("position");
    if (node == nullptr) return;
    const JsonPlace place = fields.place("position");
    Fields position(fields.document(), *node, place, fields.faults());
    position.text("epoch", limits::max_header_text);
    outcome.lane = position.name_of("lane", Lane::from, "is no lane");
    outcome.seq = position.integer("seq", version_range);
}

Outcome read_outcome(Fields& fields) {
    Outcome outcome;
    outcome.id = CommandId(std::string(fields.word("id", is_command_id, visible_rule)));
    outcome.kind = fields.name_of("outcome", outcome_kind_from, "is no outcome");
    outcome.code = fields.text_if("code", limits::max_header_text).value_or("");
    outcome.detail = fields.text_if("detail", limits::max_own_json).value_or("");
    outcome.subject = fields.text("subject", limits::max_header_text);
    outcome.principal =
        Principal(fields.text_if("principal", limits::max_header_text).value_or(""));
    outcome.at = fields.time_if("at").value_or(Timestamp{});
    read_outcome_position(outcome, fields);
    return outcome;
}

}  // namespace

std::string_view name(OutcomeKind kind) {
    return outcome_names[static_cast<std::size_t>(kind)];
}

std::optional<OutcomeKind> outcome_kind_from(std::string_view name) {
    for (std::size_t i = 0; i < outcome_names.size(); ++i) {
        if (outcome_names[i] == name) return static_cast<OutcomeKind>(i);
    }
    return std::nullopt;
}

std::string render(const JournalEntry& entry, std::string_view epoch) {
    std::string out;
    out.reserve(512 + entry.body.size());
    JsonObject object(out);
    object.name("id");
    out += '"';
    append_event_id(out, epoch, entry.lane, entry.seq);
    out += '"';
    object.text("kind", name(entry.kind));
    object.text("subject", entry.subject);
    object.number("version", entry.version);
    object.text("lane", entry.lane.text());
    object.number("seq", entry.seq);
    object.text("epoch", epoch);
    object.text_if("causedBy", entry.caused_by);
    object.text_if("traceparent", entry.traceparent);
    object.time("at", entry.at);
    object.json("body", entry.body);
    object.close();
    return out;
}

std::vector<Notice> parse_notices(std::string_view body) {
    return parse_elements<Notice>(body, read_notice);
}

std::string render(const Outcome& outcome, std::string_view epoch) {
    std::string out;
    out.reserve(320);
    JsonObject object(out);
    object.text("id", outcome.id.text());
    object.text("outcome", name(outcome.kind));
    object.text_if("code", outcome.code);
    object.text_if("detail", outcome.detail);
    object.text("subject", outcome.subject);
    object.text_if("principal", outcome.principal.text());
    object.time("at", outcome.at);
    object.name("position");
    JsonObject position(out);
    position.text("epoch", epoch);
    position.text("lane", outcome.lane.text());
    position.number("seq", outcome.seq);
    position.close();
    object.close();
    return out;
}

std::vector<Outcome> parse_outcomes(std::string_view body) {
    return parse_elements<Outcome>(body, read_outcome);
}

}  // namespace itn::wire
