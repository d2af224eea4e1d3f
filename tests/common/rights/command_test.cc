#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/rights/rights.h"
#include "tests/common/wire/examples.h"

namespace itn::rights {
namespace {

using domain::CommandKind;
using domain::Rejection;
using identity::Caller;
using identity::Role;
namespace examples = wire::examples;

const StationId ceres{"ceres"};  // sells and sends in every example
const StationId mars{"mars"};    // buys and receives
const StationId titan{"titan"};  // has no part in any

Caller caller(Role role, std::vector<StationId> stations = {}) {
    return identity::caller_of(Principal("user:nova"), identity::Roles(role), identity::all_scopes,
                               std::move(stations));
}

/// The trade and the shipment of the examples, the trade aboard.
domain::World world_of_examples() {
    domain::World world;
    const auto trade = examples::trade();
    world.trades.load(trade.id, trade);
    world.shipments.load(examples::cargo().id,
                         domain::Shipment{.cargo = examples::cargo(), .manifest = {}});
    return world;
}

/// The same without the shipment and, at wish, without the trade.
domain::World world_without(bool trade_too) {
    auto world = world_of_examples();
    if (trade_too) world.trades.load(examples::trade().id, std::nullopt);
    world.shipments.load(examples::cargo().id, std::nullopt);
    return world;
}

std::vector<CommandKind> all_kinds() {
    std::vector<CommandKind> kinds;
    for (int i = 0; i <= static_cast<int>(CommandKind::inventory_transfer); ++i)
        kinds.push_back(static_cast<CommandKind>(i));
    return kinds;
}

std::string cell(const domain::Command& command, const Caller& who, const domain::World& world) {
    const std::string door = refuse(command, who) ? "403/" : "ok/";
    const auto verdict = refuse(command, who, world);
    if (!verdict) return door + "ok";
    return door + (*verdict == Rejection::forbidden ? "403" : "404");
}

/// Every kind of command × every kind of caller: what the door says, and the worker behind it.
std::string whole_table() {
    const std::vector<std::pair<std::string, Caller>> callers{
        {"anonymous", Caller{}},
        {"auditor", caller(Role::auditor, {ceres})},
        {"trader@seller", caller(Role::trader, {ceres})},
        {"trader@buyer", caller(Role::trader, {mars})},
        {"trader@other", caller(Role::trader, {titan})},
        {"trader", caller(Role::trader)},
        {"operator@seller", caller(Role::operator_, {ceres})},
        {"operator@buyer", caller(Role::operator_, {mars})},
        {"operator@other", caller(Role::operator_, {titan})},
        {"partner@seller", caller(Role::partner, {ceres})},
        {"partner@buyer", caller(Role::partner, {mars})},
        {"partner@other", caller(Role::partner, {titan})},
        {"admin", caller(Role::admin)},
        {"system", identity::system_caller()},
    };
    std::ostringstream text;
    const auto world = world_of_examples();
    for (const auto kind : all_kinds()) {
        text << name(kind) << '\n';
        for (const auto& [who, one] : callers)
            text << "    " << who << ' ' << cell(examples::envelope(kind).command, one, world)
                 << '\n';
    }
    return text.str();
}

TEST(Refuse, EveryCommandForEveryCaller) {
    const std::string path = ITN_GOLDEN_DIR "/rights.txt";
    if (std::getenv("ITN_WRITE_GOLDEN") != nullptr) std::ofstream(path) << whole_table();
    std::ifstream file(path);
    ASSERT_TRUE(file.is_open()) << path;
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(whole_table(), golden.str()) << path;
}

TEST(Refuse, WhatTheDoorRefusesTheWorkerRefusesToo) {
    const auto world = world_of_examples();
    for (const auto kind : all_kinds())
        for (const auto role : {Role::auditor, Role::trader, Role::operator_, Role::partner})
            for (const auto& station : {ceres, mars, titan}) {
                const auto command = examples::envelope(kind).command;
                const auto who = caller(role, {station});
                if (!refuse(command, who)) continue;
                EXPECT_TRUE(refuse(command, who, world)) << name(kind);
            }
}

/// Nobody finds out whether a thing is there that they may not read.
TEST(Refuse, AThingOneMayNotReadIsLikeAMissingOne) {
    const auto there = world_of_examples();
    const auto not_found = [](const std::optional<Rejection>& verdict) {
        return verdict == Rejection::trade_not_found || verdict == Rejection::shipment_not_found;
    };
    for (const auto kind : all_kinds())
        for (const auto role : {Role::trader, Role::operator_, Role::partner}) {
            const auto command = examples::envelope(kind).command;
            const auto who = caller(role, {titan});
            const auto verdict = refuse(command, who, there);
            const auto missing = world_without(verdict != Rejection::shipment_not_found);
            if (not_found(verdict)) {
                EXPECT_EQ(refuse(command, who, missing), std::nullopt) << name(kind);
                EXPECT_EQ(domain::decide(missing, command, {.now = command.issued_at}).rejection,
                          verdict)
                    << name(kind);
            } else if (role != Role::operator_) {
                EXPECT_EQ(refuse(command, who, missing), verdict) << name(kind);
            }
        }
}

TEST(Refuse, NamesTheFieldAtTheDoor) {
    const auto pointers = [](CommandKind kind) {
        const auto problem =
            refuse(examples::envelope(kind).command, caller(Role::partner, {titan}));
        std::string text = problem ? problem->slug : "";
        for (const auto& fault : problem ? problem->faults : std::vector<Fault>{})
            text += " " + fault.pointer;
        return text;
    };
    EXPECT_EQ(pointers(CommandKind::trade_create), "forbidden /seller /buyer");
    EXPECT_EQ(pointers(CommandKind::cargo_create), "forbidden /origin");
    EXPECT_EQ(pointers(CommandKind::inventory_transfer), "forbidden /origin");
    EXPECT_EQ(pointers(CommandKind::inventory_adjust), "forbidden /stationId");
    EXPECT_EQ(pointers(CommandKind::trade_depart), "forbidden");
    EXPECT_EQ(pointers(CommandKind::trade_cancel), "");
}

TEST(Refuse, ForWantOfAScope) {
    auto reader = caller(Role::admin);
    reader.scopes = identity::Scopes(identity::Scope::read);
    for (const auto kind : all_kinds())
        EXPECT_TRUE(refuse(examples::envelope(kind).command, reader)) << name(kind);
}

TEST(Refuse, AForeignTradeInOnesOwnShipment) {
    auto world = world_of_examples();
    auto foreign = examples::trade();
    foreign.seller = titan;
    foreign.buyer = titan;
    world.trades.load(foreign.id, foreign);
    auto load = examples::envelope(CommandKind::cargo_load).command;
    std::get<domain::LoadCargo>(load.body).shipment = examples::cargo().id;
    const auto unload = examples::envelope(CommandKind::cargo_unload).command;
    for (const auto& command : {load, unload}) {
        EXPECT_EQ(refuse(command, caller(Role::partner, {ceres}), world),
                  Rejection::trade_not_found);
        EXPECT_EQ(refuse(command, caller(Role::operator_, {ceres}), world), std::nullopt);
        EXPECT_EQ(refuse(command, caller(Role::operator_, {titan}), world),
                  Rejection::shipment_not_found);
    }
}

TEST(ActionOf, HasTheNameOfTheKind) {
    for (const auto kind : all_kinds())
        EXPECT_EQ(name(action_of(kind)), name(kind));
}

}  // namespace
}  // namespace itn::rights
