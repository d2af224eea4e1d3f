// Every JSON body that comes in from outside: messages of lanes and of partners' queues, wishes.

#include "common/wire/envelope.h"
#include "common/wire/partner_message.h"
#include "common/wire/wish.h"
#include "tests/fuzz/target.h"

using itn::fuzz::must;

namespace {

/// A wish that was taken has a hash, and a refused one says why.
template <class Wish>
void look(const Wish& wish) {
    if (wish)
        must(itn::wire::payload_hash(*wish).size() == 64);
    else
        must(!wish.problem().slug.empty());
}

/// Every element is a wish or has a fault whose place is in it.
void look_at_partner_message(std::string_view bytes) {
    const auto parsed = itn::wire::parse_partner_message(bytes);
    if (!parsed) return must(!parsed.problem().slug.empty());
    for (std::size_t i = 0; i < parsed.value().size(); ++i) {
        const auto& command = parsed.value()[i].command;
        if (command) {
            must(itn::wire::payload_hash(command.value().wish).size() == 64);
            continue;
        }
        must(!command.problem().faults.empty());
        for (const auto& fault : command.problem().faults)
            must(fault.pointer.starts_with("/" + std::to_string(i)));
    }
}

}  // namespace

FUZZ_TARGET(envelope, bytes) {
    const auto parsed = itn::wire::parse_envelopes(bytes);
    for (const auto& envelope : parsed.envelopes) {
        // What was read is written and read again as the same.
        const auto again = itn::wire::parse_envelopes("[" + itn::wire::render(envelope) + "]");
        must(again.envelopes.size() == 1 && again.envelopes.front() == envelope);
    }
    for (const auto& unreadable : parsed.unreadable)
        must(!unreadable.problem.slug.empty());
    look_at_partner_message(bytes);
    look(itn::wire::parse_trade_wish(bytes));
    look(itn::wire::parse_trade_status_wish("00000000-0000-8000-8000-000000000000", bytes));
    look(itn::wire::parse_cargo_wish(bytes));
    look(itn::wire::parse_cargo_status_wish("ice-run", bytes));
    look(itn::wire::parse_cargo_status_alias(bytes));
    look(itn::wire::parse_adjustment_wish("ceres", bytes));
    look(itn::wire::parse_inventory_update(bytes));
    for (const bool ndjson : {false, true}) {
        const auto batch = itn::wire::parse_trade_batch(bytes, ndjson);
        if (!batch) continue;
        for (const auto& element : *batch)
            look(element.wish);
    }
}
