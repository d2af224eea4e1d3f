#include "tests/common/domain/random_wishes.h"

#include <limits>

#include "common/base/limits.h"

namespace itn::domain::test {
namespace {

using enum CommandKind;

std::string station(std::uint8_t byte) {
    static const std::array<const char*, 3> names{"ceres", "vesta", "pallas"};
    return names[byte % names.size()];
}

/// Another station than `from`, but for once in a while.
std::string other_station(std::uint8_t from, std::uint8_t byte) {
    return byte % 32 == 0 ? station(from)
                          : station(static_cast<std::uint8_t>(from % 3 + 1 + byte % 2));
}

std::string product(std::uint8_t byte) {
    return byte % 2 == 0 ? "ice" : "ore";
}

std::string numbered(const char* prefix, int number) {
    std::string id = prefix;
    id += std::to_string(number);
    return id;
}

std::int64_t quantity(std::uint8_t byte) {
    static const std::array<std::int64_t, 7> wild{0,
                                                  -3,
                                                  limits::max_quantity,
                                                  limits::max_quantity + 1,
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  100};
    return byte < 224 ? 1 + byte % 6 : wild[byte % wild.size()];
}

std::string some_trade(const Galaxy& galaxy, std::uint8_t byte) {
    const auto& ids = galaxy.trade_ids();
    if (ids.empty() || byte % 16 == 0) return "nobody";
    return ids[ids.size() - 1 - byte % std::min<std::size_t>(ids.size(), 12)].text();
}

std::string some_shipment(const Galaxy& galaxy, std::uint8_t byte) {
    const auto& ids = galaxy.shipment_ids();
    if (ids.empty() || byte % 16 == 0) return "nowhere";
    return ids[ids.size() - 1 - byte % std::min<std::size_t>(ids.size(), 6)].text();
}

/// Mostly one that a voyage of this kind may meet.
std::string some_voyage(const Galaxy& galaxy, CommandKind kind, std::uint8_t byte) {
    const bool starts = kind == cargo_depart || kind == cargo_cancel;
    const auto fitting = kind == cargo_resume ? galaxy.shipments_in({CargoStatus::delayed})
                         : starts
                             ? galaxy.shipments_in({CargoStatus::pending})
                             : galaxy.shipments_in({CargoStatus::in_transit, CargoStatus::delayed});
    if (fitting.empty() || byte % 8 == 0) return some_shipment(galaxy, byte / 8);
    return fitting[byte % fitting.size()].text();
}

Command random_adjust(const Step& step) {
    const bool adds = step[3] % 4 != 0;
    const std::int64_t amount = adds ? quantity(step[2]) * (step[2] < 224 ? 6 : 1)
                                     : std::max<std::int64_t>(-20, -1 - step[2]);
    const auto reason =
        step[4] % 32 == 0 ? StockReason::cargo_departed : static_cast<StockReason>(step[4] % 5);
    return adjust(station(step[1]), product(step[5]), amount, reason);
}

Command random_create(const Step& step) {
    const std::string destination = step[5] % 4 == 0 ? station(step[6]) : "";
    const std::string id = numbered("t", step[4] + 256 * (step[6] % 4));
    if (step[3] % 3 != 0) {
        return create(id, station(step[1]), other_station(step[1], step[2]),
                      {{"ice", quantity(step[3])}}, destination);
    }
    return create(id, station(step[1]), other_station(step[1], step[2]),
                  {{"ice", 1}, {"ore", quantity(step[3])}, {"ice", 2}}, destination);
}

Command random_ship(const Step& step) {
    std::optional<std::int64_t> capacity;
    if (step[5] % 3 == 0) capacity = step[5] % 24 - 1;
    const std::string id = numbered("s", step[4]);
    Command command =
        step[3] % 2 == 0 ? ship(id, station(step[1]), other_station(step[1], step[2]), {}, capacity)
                         : ship(id, station(step[1]), other_station(step[1], step[2]),
                                {{"ore", quantity(step[3])}, {"ice", 1}}, capacity);
    std::get<CreateCargo>(command.body).generated = step[6] % 2 == 0;
    if (step[6] % 4 == 1) command.kind = inventory_transfer;
    return command;
}

std::optional<Command> plain_wish(Galaxy& galaxy, const Step& step) {
    static const std::array<CommandKind, 32> kinds{
        inventory_adjust, inventory_adjust, inventory_adjust, trade_create, trade_create,
        trade_create,     trade_create,     trade_create,     trade_cancel, trade_cancel,
        trade_collect,    cargo_create,     cargo_create,     cargo_load,   cargo_load,
        cargo_load,       cargo_unload,     cargo_unload,     cargo_depart, cargo_depart,
        cargo_depart,     cargo_delay,      cargo_resume,     cargo_locate, cargo_deliver,
        cargo_deliver,    cargo_lose,       cargo_cancel,     trade_depart, trade_complete,
        trade_fail,       trade_collect};
    if (step[0] >= 160) {
        return galaxy.next_reaction(step[0] % 2 == 0 ? Family::trade : Family::cargo);
    }
    const CommandKind kind = kinds[step[0] % kinds.size()];
    if (kind == inventory_adjust) return random_adjust(step);
    if (kind == trade_create) return random_create(step);
    if (kind == cargo_create) return random_ship(step);
    const std::string trade = some_trade(galaxy, step[1]);
    const std::string shipment = some_shipment(galaxy, step[2]);
    if (kind == trade_cancel) return cancel(trade);
    if (kind == trade_collect) return collect(trade);
    if (kind == cargo_load) return load(trade, shipment);
    if (kind == cargo_unload) return unload(trade, shipment);
    if (family_of(kind) == Family::cargo) {
        return move(kind, some_voyage(galaxy, kind, step[2]));
    }
    Command command = follow(kind, trade, shipment);
    command.principal = Principal("dev");
    return command;
}

}  // namespace

std::optional<Command> wish_from(Galaxy& galaxy, const Step& step) {
    auto command = plain_wish(galaxy, step);
    if (!command || command->principal == system_principal) return command;
    const std::uint8_t twist = step[7];
    if (twist < 6) command->issued_at -= std::chrono::hours(24 * 8);
    if (twist >= 6 && twist < 24) command->expected_version = step[6] % 4;
    if (twist >= 24 && twist < 28) command->body = MoveCargo{.note = "of another kind"};
    return command;
}

Story tell(const std::vector<Step>& steps) {
    Story story;
    Galaxy& galaxy = story.galaxy;
    galaxy.context.settings = {
        .oversized_trade_lines = 1, .oversized_cargo_lines = 1, .low_stock_below = Quantity(4)};
    std::vector<Command> batch;
    const auto flush = [&] {
        if (batch.empty()) return;
        const auto decisions = galaxy.run(batch);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!decisions[i].rejection) continue;
            story.rejections.insert(*decisions[i].rejection);
            if (batch[i].principal == system_principal && story.refused_reaction.empty()) {
                story.refused_reaction = text_of(decisions[i]);
            }
        }
        story.told.insert(story.told.end(), batch.begin(), batch.end());
        batch.clear();
    };
    for (const Step& step : steps) {
        if (auto command = wish_from(galaxy, step)) batch.push_back(std::move(*command));
        if (step[7] % 3 == 0) flush();
    }
    flush();
    return story;
}

}  // namespace itn::domain::test
