#include "common/wire/partner_message.h"

#include <utility>

#include "common/wire/ids.h"
#include "common/wire/parts.h"
#include "common/wire/wish_fields.h"

namespace itn::wire {

namespace {

using domain::CommandKind;

constexpr JsonBounds bounds{.max_bytes = limits::max_partner_message,
                            .max_outer = limits::max_partner_message,  // counted below
                            .max_inner = limits::max_json_array};

std::optional<CommandKind> wished_kind_from(std::string_view text) {
    const auto kind = domain::command_kind_from(text);
    const bool is_reaction = kind == CommandKind::trade_depart ||
                             kind == CommandKind::trade_complete || kind == CommandKind::trade_fail;
    return is_reaction ? std::nullopt : kind;
}

bool names_its_subject(CommandKind kind) {
    return kind != CommandKind::trade_create && kind != CommandKind::cargo_create &&
           kind != CommandKind::inventory_transfer;
}

bool is_stock_subject(std::string_view text) {
    const auto key = domain::stock_key_from(text);
    return is_slug(text) || (key && is_slug(key->station.text()) && is_slug(key->product.text()));
}

/// "" after a fault, and for what has no subject of its own yet.
std::string read_subject(Fields& fields, CommandKind kind) {
    if (!names_its_subject(kind)) {
        if (fields.find("subject") != nullptr)
            fields.schema("subject", "must be left out: what is made gets its id here");
        return {};
    }
    if (kind == CommandKind::trade_cancel || kind == CommandKind::trade_collect)
        return std::string(fields.word("subject", is_uuid, uuid_rule));
    if (kind == CommandKind::inventory_adjust)
        return std::string(fields.word("subject", is_stock_subject,
                                       "must be a stationId, or stationId/productId"));
    return std::string(fields.word("subject", is_shipment_id, shipment_rule));
}

Wish read_transfer(Fields& fields) {
    Wish wish = read_cargo_wish(fields);
    wish.kind = CommandKind::inventory_transfer;
    if (std::get<domain::CreateCargo>(wish.body).own.empty() && fields.faults().none())
        fields.schema("items", "is required: a transfer moves goods");
    return wish;
}

template <class Body>
Wish boarding(Fields& fields, const std::string& subject) {
    Body body;
    body.trade = read_transaction(fields, "transactionId");
    body.shipment = ShipmentId(subject);
    Wish wish;
    wish.body = std::move(body);
    return wish;
}

Wish adjustment(Fields& fields, const std::string& subject) {
    const auto key = domain::stock_key_from(subject);
    Wish wish = read_adjustment_wish(fields, key ? key->station : StationId(subject));
    const auto& adjust = std::get<domain::AdjustStock>(wish.body);
    if (key && fields.faults().none() && adjust.key != *key)
        fields.schema("productId", "is not the product of the subject");
    return wish;
}

Wish read_wish(Fields& fields, CommandKind kind, const std::string& subject) {
    Wish wish;
    switch (kind) {
        case CommandKind::trade_create:
            return read_trade_wish(fields);
        case CommandKind::cargo_create:
            return read_cargo_wish(fields);
        case CommandKind::inventory_transfer:
            return read_transfer(fields);
        case CommandKind::inventory_adjust:
            return adjustment(fields, subject);
        case CommandKind::trade_cancel:
            wish.body = read_cancel(fields);
            break;
        case CommandKind::trade_collect:
            wish.body = domain::CollectTrade{};
            break;
        case CommandKind::cargo_load:
            wish = boarding<domain::LoadCargo>(fields, subject);
            break;
        case CommandKind::cargo_unload:
            wish = boarding<domain::UnloadCargo>(fields, subject);
            break;
        case CommandKind::cargo_depart:
        case CommandKind::cargo_delay:
        case CommandKind::cargo_resume:
        case CommandKind::cargo_locate:
        case CommandKind::cargo_deliver:
        case CommandKind::cargo_lose:
        case CommandKind::cargo_cancel:
            wish.body = read_move(fields);
            if (kind == CommandKind::cargo_locate &&
                std::get<domain::MoveCargo>(wish.body) == domain::MoveCargo{} &&
                fields.faults().none())
                fields.schema("location", "is required, or else eta or note");
            break;
        case CommandKind::trade_depart:
        case CommandKind::trade_complete:
        case CommandKind::trade_fail:
            break;
    }
    wish.kind = kind;
    wish.subject = subject;
    return wish;
}

/// The wish of the member "body", whose place is its own.
Wish read_body_of(Fields& envelope, CommandKind kind, const std::string& subject) {
    const JsonNode* const node = envelope.need("body");
    if (node == nullptr) return {};
    const JsonPlace place = envelope.place("body");
    Fields body(envelope.document(), *node, place, envelope.faults());
    Wish wish = read_wish(body, kind, subject);
    body.finish();
    return wish;
}

void read_version(Fields& fields, Wish& wish) {
    const auto expected = fields.integer_if("expectedVersion", version_range);
    if (!expected) return;
    if (std::holds_alternative<domain::CreateCargo>(wish.body))
        fields.schema("expectedVersion", "must be left out: what is made has no version yet");
    else if (wish.expected_version && wish.expected_version != expected)
        fields.schema("expectedVersion", "is not what the body says");
    wish.expected_version = expected;
}

PartnerElement read_element(const JsonDocument& document, const JsonNode& node,
                            const JsonPlace& place) {
    Faults faults;
    Fields fields(document, node, place, faults);
    const auto optional = [&](std::string_view key) {
        return std::string(fields.word_if(key, is_command_id, visible_rule).value_or(""));
    };
    PartnerElement element{.id = std::string(fields.word("id", is_command_id, visible_rule)),
                           .reply_to = optional("replyTo"),
                           .command = PartnerCommand{}};
    PartnerCommand command;
    command.principal = optional("principal");
    command.traceparent = optional("traceparent");
    command.issued_at = fields.time_if("issuedAt");
    // Without a kind neither subject nor body can be judged.
    const JsonNode* const kind_node = fields.find("kind");
    const auto kind = kind_node == nullptr || kind_node->type != JsonType::string
                          ? std::nullopt
                          : wished_kind_from(kind_node->text);
    if (!kind && node.type == JsonType::object) {
        fields.schema("kind", kind_node == nullptr ? "is required" : "is no kind of command");
        for (const auto* key : {"subject", "body", "expectedVersion"})
            fields.find(key);
    } else if (kind) {
        const auto subject = read_subject(fields, *kind);
        command.wish = read_body_of(fields, *kind, subject);
        read_version(fields, command.wish);
    }
    fields.finish();
    command.wish.id = CommandId(element.id);
    if (command.issued_at) command.wish.issued_at = *command.issued_at;
    if (faults.none())
        element.command = std::move(command);
    else
        element.command = faults.problem();
    return element;
}

}  // namespace

Result<std::vector<PartnerElement>> parse_partner_message(std::string_view body) {
    const auto document = read_json(body, bounds);
    if (!document) return document.problem();
    const JsonPlace root;
    Faults faults;
    if (document->root().type != JsonType::array)
        faults.schema(root, "must be an array of envelopes");
    else if (document->root().count == 0)
        faults.schema(root, "must not be empty");
    else if (document->root().count > limits::max_partner_batch)
        faults.schema(
            root, "must have at most " + std::to_string(limits::max_partner_batch) + " envelopes");
    if (!faults.none()) return faults.problem();
    std::vector<PartnerElement> elements;
    elements.reserve(document->root().count);
    document->each(document->root(), [&](const JsonNode& node, std::uint32_t i) {
        elements.push_back(read_element(*document, node, {.parent = &root, .index = i}));
    });
    return elements;
}

Problem at_element(Problem problem, std::size_t index) {
    const std::string element = "/" + std::to_string(index);
    for (auto& fault : problem.faults)
        fault.pointer = fault.pointer.empty() ? element : element + "/body" + fault.pointer;
    if (problem.faults.empty())
        problem.faults.push_back({.pointer = element, .detail = problem.detail});
    return problem;
}

}  // namespace itn::wire
