#include "common/wire/envelope.h"

#include <utility>

#include "common/base/hex.h"
#include "common/wire/command_body.h"
#include "common/wire/ids.h"
#include "common/wire/parts.h"

namespace itn::wire {

namespace {

constexpr std::string_view subject_rule =
    "must be a UUID, a slug, or station/product for an adjustment";
constexpr std::string_view hash_rule = "must be 64 hex digits in lower case";

bool is_sha256_hex(std::string_view text) {
    return text.size() == 64 && is_hex(text);
}

/// Whether the subject is of the shape that commands of this kind are about.
bool is_subject(const domain::Command& command) {
    if (const auto* adjust = std::get_if<domain::AdjustStock>(&command.body))
        return command.subject == text_of(adjust->key);
    if (domain::family_of(command.kind) == Family::trade) return is_uuid(command.subject);
    return is_shipment_id(command.subject);
}

void read_command_body(domain::Command& command, Fields& fields) {
    const JsonNode* const node = fields.need("body");
    if (node == nullptr) return;
    const JsonPlace place = fields.place("body");
    Fields body(fields.document(), *node, place, fields.faults());
    command.body = read_body(command.kind, body);
    body.finish();
}

Envelope read_envelope(Fields& fields) {
    Envelope envelope;
    domain::Command& command = envelope.command;
    command.id = CommandId(std::string(fields.word("id", is_command_id, visible_rule)));
    command.kind = fields.name_of("kind", domain::command_kind_from, "is no kind of command");
    const bool known = fields.faults().none();  // else the body cannot be judged
    command.subject = fields.text("subject", limits::max_header_text);
    command.principal = read_principal(fields, "principal");
    command.issued_at = fields.time("issuedAt");
    command.expected_version = fields.integer_if("expectedVersion", version_range);
    const auto optional = [&](std::string_view key, auto is_valid, std::string_view rule) {
        return std::string(fields.word_if(key, is_valid, rule).value_or(std::string_view()));
    };
    envelope.traceparent = optional("traceparent", is_command_id, visible_rule);
    envelope.payload_hash = optional("payloadHash", is_sha256_hex, hash_rule);
    envelope.reply_to = optional("replyTo", is_command_id, visible_rule);
    envelope.caused_by = optional("causedBy", is_command_id, visible_rule);
    if (!known) {
        fields.find("body");
    } else {
        read_command_body(command, fields);
        if (fields.faults().none() && !is_subject(command)) fields.schema("subject", subject_rule);
    }
    fields.finish();
    return envelope;
}

Parsed unreadable(std::string_view body, Problem problem) {
    Parsed parsed;
    parsed.unreadable.push_back(
        Unreadable{.raw = std::string(body), .problem = std::move(problem)});
    return parsed;
}

}  // namespace

std::string render(const Envelope& envelope) {
    const domain::Command& command = envelope.command;
    std::string out;
    out.reserve(1024);
    JsonObject object(out);
    object.text("id", command.id.text());
    object.text("kind", name(command.kind));
    object.text("subject", command.subject);
    object.text("principal", command.principal.text());
    object.time("issuedAt", command.issued_at);
    if (command.expected_version) object.number("expectedVersion", *command.expected_version);
    object.text_if("traceparent", envelope.traceparent);
    object.text_if("payloadHash", envelope.payload_hash);
    object.text_if("replyTo", envelope.reply_to);
    object.text_if("causedBy", envelope.caused_by);
    object.name("body");
    append_body(out, command.body);
    object.close();
    return out;
}

std::string pack(std::span<const std::string> rendered) {
    std::size_t size = 2;
    for (const auto& element : rendered)
        size += element.size() + 1;
    std::string out;
    out.reserve(size);
    JsonObject::append_array(out, rendered,
                             [](std::string& text, const std::string& one) { text += one; });
    return out;
}

Parsed parse_envelopes(std::string_view body) {
    const auto document = read_json(body, own_json);
    if (!document) return unreadable(body, document.problem());
    const JsonPlace root;
    Faults whole;
    if (document->root().type != JsonType::array) {
        whole.schema(root, "must be an array");
        return unreadable(body, whole.problem());
    }
    Parsed parsed;
    parsed.envelopes.reserve(document->root().count);
    document->each(document->root(), [&](const JsonNode& node, std::uint32_t) {
        Faults faults;
        Fields fields(*document, node, root, faults);
        Envelope envelope = read_envelope(fields);
        if (faults.none()) {
            parsed.envelopes.push_back(std::move(envelope));
        } else {
            parsed.unreadable.push_back(
                Unreadable{.raw = std::string(node.raw), .problem = faults.problem()});
        }
    });
    return parsed;
}

}  // namespace itn::wire
