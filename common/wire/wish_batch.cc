// POST /api/trades/batch: each element is judged on its own, so that one bad line costs its
// neighbours nothing. Pointers count from the element.

#include <utility>

#include "common/wire/ids.h"
#include "common/wire/parts.h"
#include "common/wire/wish_fields.h"

namespace itn::wire {

namespace {

constexpr JsonBounds batch_bounds{.max_bytes = limits::max_batch_body,
                                  .max_outer = limits::max_batch_commands,
                                  .max_inner = limits::max_json_array};

Problem not_a_batch(std::string detail) {
    return Problem{.slug = "invalid_request", .detail = std::move(detail), .faults = {}};
}

BatchElement read_element(const JsonDocument& document, const JsonNode& node) {
    const JsonPlace root;
    Faults faults;
    Fields fields(document, node, root, faults);
    const auto key = fields.word_if("idempotencyKey", is_command_id, visible_rule);
    Wish wish = read_trade_wish(fields);
    fields.finish();
    BatchElement element{.wish = std::move(wish), .key = std::string(key.value_or(""))};
    if (!faults.none()) element.wish = faults.problem();
    return element;
}

Result<std::vector<BatchElement>> parse_array(std::string_view body) {
    const auto document = read_json(body, batch_bounds);
    if (!document) return document.problem();
    if (document->root().type != JsonType::array) return not_a_batch("must be an array of trades");
    std::vector<BatchElement> elements;
    elements.reserve(document->root().count);
    document->each(document->root(), [&](const JsonNode& node, std::uint32_t) {
        elements.push_back(read_element(*document, node));
    });
    return elements;
}

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == line.npos;
}

Result<std::vector<BatchElement>> parse_lines_of(std::string_view body) {
    std::vector<BatchElement> elements;
    while (!body.empty()) {
        const std::string_view line = body.substr(0, body.find('\n'));
        body.remove_prefix(std::min(body.size(), line.size() + 1));
        if (is_blank(line)) continue;
        if (elements.size() == limits::max_batch_commands)
            return not_a_batch("more than " + std::to_string(limits::max_batch_commands) +
                               " trades");
        const auto document = read_json(line);
        if (document) {
            elements.push_back(read_element(*document, document->root()));
        } else {
            elements.push_back(BatchElement{.wish = document.problem(), .key = {}});
        }
    }
    return elements;
}

}  // namespace

Result<std::vector<BatchElement>> parse_trade_batch(std::string_view body, bool ndjson) {
    if (body.size() > limits::max_batch_body)
        return Problem{.slug = "payload_too_large",
                       .detail = "more than " + std::to_string(limits::max_batch_body) + " bytes",
                       .faults = {}};
    auto elements = ndjson ? parse_lines_of(body) : parse_array(body);
    if (elements && elements->empty()) return not_a_batch("there is no trade in it");
    return elements;
}

}  // namespace itn::wire
