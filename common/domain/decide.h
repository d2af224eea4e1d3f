#pragma once

// The rules of the business, pure: no clock, no random, no JSON, no I/O.
//
//   wanted(command)                  which rows a command is likely to need
//   decide(world, command, context)  → what would happen, or the rule the wish broke
//   evolve(world, fact)              the world after it
//   react(event)                     what must follow in another family

#include <optional>
#include <string>
#include <vector>

#include "common/domain/command.h"
#include "common/domain/event.h"
#include "common/domain/world.h"

namespace itn::domain {

/// The rule a wish broke. The name is the API code, the SQL text and the metric label.
enum class Rejection : std::uint8_t {
    expired,
    forbidden,
    key_reuse,
    stale_version,
    trade_exists,
    trade_not_found,
    trade_final,
    trade_not_confirmed,
    trade_departed,
    not_collectable,
    same_station,
    quantity_out_of_range,
    insufficient_stock,
    stock_below_zero,
    stock_below_reserved,
    shipment_exists,
    shipment_not_found,
    shipment_final,
    shipment_not_pending,
    shipment_not_under_way,
    shipment_not_delayed,
    shipment_empty,
    shipment_full,
    capacity_exceeded,
    wrong_route,
    already_loaded,
    not_loaded,
};
std::string_view name(Rejection rejection);
std::optional<Rejection> rejection_from(std::string_view name);

/// One leg of double-entry stock-keeping: `quantity` of `product` from one account to another.
/// Accounts are "station:<id>", "shipment:<id>", "world" and "lost".
struct Move {
    std::string from{};
    std::string to{};
    ProductId product{};
    Quantity quantity{};  // always positive
    friend bool operator==(const Move&, const Move&) = default;
};
std::string account_of(const StationId& station);
std::string account_of(const ShipmentId& shipment);
inline const std::string world_account = "world";
inline const std::string lost_account = "lost";

/// An event and the goods it moved. Moves stand on the event that is their cause (trade.completed
/// of a collected trade, cargo.departed, cargo.delivered, cargo.lost), and on inventory.changed
/// only when that is an adjustment.
struct Fact {
    Event event{};
    std::vector<Move> moves{};
    friend bool operator==(const Fact&, const Fact&) = default;
};

/// What became of a command. A rejection may still leave facts (trade.rejected).
struct Decision {
    std::optional<Rejection> rejection{};
    std::string detail{};  // of a rejection, for people: names line, wanted and available
    std::vector<Fact> facts{};
    std::string subject{};  // of the outcome: the thing the command was about
    friend bool operator==(const Decision&, const Decision&) = default;
};

struct Settings {
    std::size_t oversized_trade_lines = 5;   // more than this is critical
    std::size_t oversized_cargo_lines = 10;  // likewise
    Quantity low_stock_below{0};             // default threshold; 0: none
};

struct Context {
    Timestamp now{};
    Settings settings{};
};

/// What the command is known to need before anything is loaded.
Wanted wanted(const Command& command);
/// What it needs besides, once trades and shipments are loaded: stock rows.
Wanted wanted_stock(const World& world, const Command& command);

/// Total: every command in every world gets a decision. Throws NotGathered only.
///
/// Guards stand in this order, and the first that holds names the rejection:
///   1. repetition   trade_exists, shipment_exists; a reaction whose work is done is applied
///                   without facts
///   2. expiry       expired: issued longer ago than limits::max_command_age, or further ahead
///                   than limits::max_clock_skew; never for principal system
///   3. right        forbidden; whose command it is was judged before, see turn_away()
///   4. existence    trade_not_found, shipment_not_found
///   5. version      stale_version
///   6. state        trade_final … not_loaded
///   7. values       same_station, wrong_route, quantity_out_of_range, shipment_full,
///                   capacity_exceeded
///   8. stock        insufficient_stock, stock_below_zero, stock_below_reserved
///
/// Facts stand in this order: the subject's own, stock, criticals. A trade.create that is turned
/// down for anything but trade_exists leaves the fact trade.rejected, so that its id answers.
Decision decide(const World& world, const Command& command, const Context& context);

/// What a command gets whose principal has no right to it: `expired` when it is that, else
/// `rejection` (forbidden, trade_not_found or shipment_not_found) in the words that decide() has
/// for it. It leaves no facts: nobody writes into a history that is not theirs.
Decision turn_away(const Command& command, Rejection rejection, const Context& context);

/// The one way a world changes.
void evolve(World& world, const Fact& fact);

/// A command that must follow, of principal system; the pump gives it an id derived from the event.
struct Reaction {
    CommandKind kind = CommandKind::cargo_load;
    std::string subject{};
    CommandBody body{};
    friend bool operator==(const Reaction&, const Reaction&) = default;
};
std::vector<Reaction> react(const Event& event);

}  // namespace itn::domain
