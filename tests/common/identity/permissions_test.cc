#include "common/identity/permissions.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "common/domain/command.h"

namespace itn::identity {
namespace {

const StationId ceres{"ceres"};
const StationId europa{"europa"};
const StationId titan{"titan"};
const Principal nova{"user:nova"};
const Principal rigel{"user:rigel"};

Caller caller(Role role, std::vector<StationId> stations = {}) {
    return caller_of(nova, Roles(role), all_scopes, std::move(stations));
}

TEST(Permissions, StandInOneTable) {
    const std::string path = ITN_GOLDEN_DIR "/permissions.txt";
    if (std::getenv("ITN_WRITE_GOLDEN") != nullptr) std::ofstream(path) << permissions_text();
    std::ifstream file(path);
    ASSERT_TRUE(file.is_open()) << path;
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(permissions_text(), golden.str()) << path;
}

TEST(Permissions, KnowEveryCommand) {
    for (int i = 0; i <= static_cast<int>(domain::CommandKind::inventory_transfer); ++i) {
        const auto kind = static_cast<domain::CommandKind>(i);
        EXPECT_TRUE(action_from(domain::name(kind))) << domain::name(kind);
    }
}

TEST(Permissions, FollowOwnership) {
    const Ownership trade{.seller = ceres, .buyer = europa};
    const Ownership shipment{.origin = ceres, .destination = europa};
    const Ownership stock{.station = ceres};
    const Ownership own{.owner = nova};
    const Ownership foreign{.owner = rigel};
    struct Row {
        Role role;
        StationId station;
        Action action;
        Ownership thing;
        bool allowed;
    };
    const Row rows[] = {
        {Role::trader, ceres, Action::trade_create, trade, true},
        {Role::trader, europa, Action::trade_create, trade, true},
        {Role::trader, titan, Action::trade_create, trade, false},
        {Role::trader, {}, Action::trade_create, trade, false},
        {Role::trader, {}, Action::trade_create, {}, false},
        {Role::trader, ceres, Action::trade_create, {}, false},
        {Role::trader, every_station, Action::trade_create, trade, true},
        {Role::trader, every_station, Action::trade_create, {}, false},
        {Role::trader, ceres, Action::trade_create, {.seller = every_station}, false},
        {Role::operator_, ceres, Action::trade_create, trade, false},
        {Role::auditor, ceres, Action::trade_create, trade, false},
        {Role::admin, {}, Action::trade_create, trade, true},
        {Role::trader, titan, Action::trade_read, trade, false},
        {Role::auditor, {}, Action::trade_read, trade, true},
        {Role::operator_, ceres, Action::cargo_create, shipment, true},
        {Role::operator_, europa, Action::cargo_create, shipment, false},
        {Role::trader, ceres, Action::cargo_create, shipment, false},
        {Role::operator_, europa, Action::cargo_deliver, shipment, true},
        {Role::operator_, titan, Action::cargo_deliver, shipment, false},
        {Role::trader, europa, Action::cargo_deliver, shipment, false},
        {Role::trader, europa, Action::cargo_read, shipment, true},
        {Role::operator_, ceres, Action::inventory_adjust, stock, true},
        {Role::operator_, europa, Action::inventory_adjust, stock, false},
        {Role::operator_, ceres, Action::inventory_adjust, shipment, false},
        {Role::partner, ceres, Action::trade_create, trade, true},
        {Role::partner, europa, Action::trade_cancel, trade, true},
        {Role::partner, titan, Action::trade_read, trade, false},
        {Role::partner, ceres, Action::cargo_create, shipment, true},
        {Role::partner, europa, Action::cargo_create, shipment, false},
        {Role::partner, europa, Action::cargo_deliver, shipment, true},
        {Role::partner, titan, Action::cargo_read, shipment, false},
        {Role::partner, ceres, Action::inventory_adjust, stock, true},
        {Role::partner, europa, Action::inventory_adjust, stock, false},
        {Role::partner, ceres, Action::key_create, own, false},
        {Role::partner, ceres, Action::parked_read, {}, false},
        {Role::trader, {}, Action::command_read, own, true},
        {Role::trader, {}, Action::command_read, foreign, false},
        {Role::admin, {}, Action::command_read, foreign, false},
        {Role::trader, {}, Action::command_read, {}, false},
        {Role::trader, {}, Action::account_list, {}, false},
        {Role::operator_, ceres, Action::catalogue_write, {}, false},
        {Role::admin, {}, Action::trade_depart, trade, false},
        {Role::auditor, {}, Action::partner_read, {}, true},
        {Role::auditor, {}, Action::partner_change, {}, false},
        {Role::operator_, ceres, Action::partner_read, {}, false},
    };
    for (const auto& row : rows)
        EXPECT_EQ(may(caller(row.role, {row.station}), row.action, row.thing), row.allowed)
            << name(row.role) << " of " << row.station << ": " << name(row.action);
}

TEST(Permissions, RolesAddUpAndScopesLimit) {
    const Ownership trade{.seller = ceres, .buyer = europa};
    auto both = caller_of(nova, Roles(Role::trader, Role::auditor), all_scopes, {ceres});
    EXPECT_TRUE(may(both, Action::trade_create, trade));
    EXPECT_TRUE(may(both, Action::parked_read, {}));
    both.scopes = Scopes(Scope::read, Scope::cargo);
    EXPECT_FALSE(may(both, Action::trade_create, trade));
    EXPECT_TRUE(may(both, Action::trade_read, trade));
    EXPECT_FALSE(may(both, Action::parked_read, {}));
}

TEST(Permissions, OfMachinesLeaveAccountsAlone) {
    const auto machine = caller_of(nova, Roles(Role::admin), machine_scopes, {});
    for (const auto action :
         {Action::account_change, Action::account_list, Action::key_create, Action::partner_change})
        EXPECT_FALSE(may(machine, action, {.owner = nova})) << name(action);
    EXPECT_TRUE(may(machine, Action::catalogue_write, {}));
}

TEST(Permissions, OfTheSystemAreReactionsAlone) {
    std::string allowed;
    for (const auto& row : permission_rows())
        if (may(system_caller(), row.action, {})) allowed += std::string(name(row.action)) + " ";
    EXPECT_EQ(allowed, "trade.depart trade.complete trade.fail cargo.load cargo.unload ");
    EXPECT_FALSE(role_from("system"));
    EXPECT_FALSE(may(caller_of(Principal("system"), {}, all_scopes, {}), Action::trade_depart, {}));
}

TEST(Permissions, ReachSaysHowFarAListGoes) {
    EXPECT_EQ(reach(caller(Role::trader, {ceres}), Action::trade_read), Reach::own);
    EXPECT_EQ(reach(caller(Role::auditor), Action::trade_read), Reach::everything);
    EXPECT_EQ(reach(Caller{}, Action::trade_read), Reach::nothing);
    EXPECT_EQ(reach(Caller{}, Action::catalogue_read), Reach::everything);
    EXPECT_EQ(reach(caller(Role::trader, {ceres}), Action::parked_read), Reach::nothing);
}

TEST(Permissions, NamesComeBack) {
    for (const auto& row : permission_rows())
        EXPECT_EQ(action_from(name(row.action)), row.action);
    for (const auto role : {Role::auditor, Role::trader, Role::operator_, Role::admin})
        EXPECT_EQ(role_from(name(role)), role);
    EXPECT_EQ(granted_role_from("partner"), Role::partner);
    EXPECT_FALSE(role_from("partner")) << "nobody chooses it for an account";
    EXPECT_EQ(name(Role::operator_), "operator");
    EXPECT_EQ(scopes_from(names(all_scopes)), all_scopes);
    EXPECT_EQ(names(Scopes(Scope::trade, Scope::read)), "read trade");
    for (const auto* text : {"", "Admin", "admin ", "trade", "trade.", "trade_create"}) {
        EXPECT_FALSE(role_from(text)) << text;
        EXPECT_FALSE(action_from(text)) << text;
    }
}

Action any_action() {
    return static_cast<Action>(*rc::gen::inRange<std::size_t>(0, action_count));
}

Ownership any_thing() {
    const auto station = rc::gen::element(StationId(), ceres, europa, titan);
    return {.owner = *rc::gen::element(Principal(), nova, rigel),
            .seller = *station,
            .buyer = *station,
            .origin = *station,
            .destination = *station,
            .station = *station};
}

Caller any_caller() {
    Roles roles;
    for (const auto role :
         {Role::auditor, Role::trader, Role::operator_, Role::admin, Role::partner})
        if (*rc::gen::arbitrary<bool>()) roles.insert(role);
    return caller_of(nova, roles, *rc::gen::element(Scopes(), machine_scopes, all_scopes),
                     *rc::gen::container<std::vector<StationId>>(
                         rc::gen::element(every_station, ceres, europa, titan)));
}

RC_GTEST_PROP(PermissionsProperty, SigningInTakesNothingAway, ()) {
    const auto one = any_caller();
    const auto thing = any_thing();
    for (const auto& row : permission_rows())
        RC_ASSERT((!may(Caller{}, row.action, thing) || may(one, row.action, thing)));
}

RC_GTEST_PROP(PermissionsProperty, WithoutARoleOrAScopeOneIsAnybody, ()) {
    const auto action = any_action();
    const auto thing = any_thing();
    auto one = any_caller();
    if (*rc::gen::arbitrary<bool>())
        one.roles = {};
    else
        one.scopes = {};
    RC_ASSERT(may(one, action, thing) == may(Caller{}, action, thing));
}

RC_GTEST_PROP(PermissionsProperty, NobodyActsForStationsThatAreNotTheirs, ()) {
    auto one = any_caller();
    one.stations = {ceres};
    const auto action = any_action();
    const Ownership foreign{.owner = rigel,
                            .seller = titan,
                            .buyer = europa,
                            .origin = titan,
                            .destination = europa,
                            .station = titan};
    RC_ASSERT(may(one, action, foreign) == (reach(one, action) == Reach::everything));
}

RC_GTEST_PROP(PermissionsProperty, WhatOneMayIsWithinReach, ()) {
    const auto one = any_caller();
    const auto action = any_action();
    const auto thing = any_thing();
    const auto how_far = reach(one, action);
    RC_ASSERT((!may(one, action, thing) || how_far != Reach::nothing));
    RC_ASSERT((how_far != Reach::everything || may(one, action, thing)));
}

}  // namespace
}  // namespace itn::identity
