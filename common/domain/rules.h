#pragma once

// What the decide_*.cc files share: the case they judge, the rules they are made of (one function
// for each kind of command) and how lines of goods are counted. Private to the domain.

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/limits.h"
#include "common/domain/decide.h"

namespace itn::domain {

/// One command before one world.
struct Case {
    const World& world;
    const Command& command;
    const Context& context;

    /// Too old or from the future; never for principal system.
    bool is_expired() const;
    bool is_of_system() const { return command.principal == system_principal; }
    /// The caller expects another version than `actual`.
    bool is_stale(std::int64_t actual) const;

    Decision applied(std::vector<Fact> facts = {}) const;
    Decision rejected(Rejection rejection, std::string detail) const;
    Decision expired() const;
    Decision stale(std::int64_t actual) const;
    Decision no_trade(const TransactionId& id) const;
    Decision no_shipment(const ShipmentId& id) const;
};

Decision create_trade(const Case& it);
Decision cancel_trade(const Case& it);
Decision collect_trade(const Case& it);
/// trade.depart, trade.complete and trade.fail.
Decision follow_shipment(const Case& it);
/// cargo.create and inventory.transfer.
Decision create_cargo(const Case& it);
Decision load_cargo(const Case& it);
Decision unload_cargo(const Case& it);
Decision depart_cargo(const Case& it);
/// cargo.delay, cargo.resume and cargo.locate.
Decision report_cargo(const Case& it);
/// cargo.deliver and cargo.lose.
Decision end_cargo(const Case& it);
Decision cancel_cargo(const Case& it);
Decision adjust_stock(const Case& it);

/// The body a command of this kind has. A command whose body is of another kind is judged as if
/// all its fields were empty, and so breaks a rule rather than the program.
template <class Body>
const Body& body_of(const Command& command) {
    static const Body nothing{};
    const Body* body = std::get_if<Body>(&command.body);
    return body == nullptr ? nothing : *body;
}

/// The lines with those of one product added up, in the order of their first mention; nullopt when
/// they are more than limits::max_lines, or a quantity or a sum leaves 1..limits::max_quantity.
template <class Item>
std::optional<std::vector<Item>> merged(const std::vector<Item>& lines) {
    if (lines.size() > limits::max_lines) return std::nullopt;
    std::vector<Item> sums;
    for (const Item& line : lines) {
        if (line.quantity < Quantity(1) || line.quantity > Quantity(limits::max_quantity))
            return {};
        const auto same = std::find_if(
            sums.begin(), sums.end(), [&](const Item& sum) { return sum.product == line.product; });
        if (same == sums.end()) {
            sums.push_back(line);
        } else {
            same->quantity += line.quantity;
            if (same->quantity > Quantity(limits::max_quantity)) return std::nullopt;
        }
    }
    return sums;
}

/// Room the goods take; nullopt when a unit volume is negative or the sum leaves int64.
template <class Item>
std::optional<Volume> room_for(const std::vector<Item>& lines) {
    Volume sum{};
    for (const Item& line : lines) {
        if (line.unit_volume < Volume(0)) return std::nullopt;
        const auto part = Volume::checked_product(line.unit_volume, line.quantity.value());
        const auto next = part ? Volume::checked_sum(sum, *part) : std::nullopt;
        if (!next) return std::nullopt;
        sum = *next;
    }
    return sum;
}

/// Every line of which `station` has too little, as "line 2 ice: wanted 5, available 3"; "" when
/// it has enough. Lines are counted from 1 as the wish had them.
template <class Item>
std::string shortage(const World& world, const StationId& station, const std::vector<Item>& wish,
                     const std::vector<Item>& sums) {
    std::string text;
    for (const Item& sum : sums) {
        const Quantity available = world.stock({station, sum.product}).available();
        if (sum.quantity <= available) continue;
        const auto first = std::find_if(wish.begin(), wish.end(), [&](const Item& line) {
            return line.product == sum.product;
        });
        text += (text.empty() ? "line " : "; line ") + std::to_string(first - wish.begin() + 1);
        text += " " + sum.product.text() + ": wanted " + std::to_string(sum.quantity.value());
        text += ", available " + std::to_string(available.value());
    }
    return text;
}

/// What is wrong when merged() or room_for() finds nothing.
inline const std::string out_of_range = "every line needs a quantity of 1 to " +
                                        std::to_string(limits::max_quantity) + " on at most " +
                                        std::to_string(limits::max_lines) + " lines";

}  // namespace itn::domain
