#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rights/rights.h"
#include "tests/common/wire/examples.h"

namespace itn::rights {
namespace {

using domain::EventKind;
using identity::Caller;
using identity::Role;
using testing::ElementsAre;
using testing::IsEmpty;
namespace examples = wire::examples;

const StationId ceres{"ceres"};
const StationId mars{"mars"};
const StationId titan{"titan"};

Caller caller(Role role, std::vector<StationId> stations = {}) {
    return identity::caller_of(Principal("user:nova"), identity::Roles(role), identity::all_scopes,
                               std::move(stations));
}

/// The stake of an event of the domain, as its body travels.
Stake stake_as_rendered(EventKind kind) {
    return stake_of(kind, "s", wire::render_body(examples::event(kind)));
}

TEST(StakeOf, ReadsWhatTheWireRenders) {
    for (int i = 0; i <= static_cast<int>(EventKind::cargo_cancelled); ++i)
        EXPECT_THAT(stake_as_rendered(static_cast<EventKind>(i)).stations, ElementsAre(ceres, mars))
            << name(static_cast<EventKind>(i));
    EXPECT_THAT(stake_as_rendered(EventKind::inventory_changed).stations, ElementsAre(ceres));
    const auto critical = examples::event(EventKind::critical);
    EXPECT_EQ(stake_as_rendered(EventKind::critical).stations,
              std::get<domain::Critical>(critical.body).stations);
}

TEST(StakeOf, LeavesOutWhoeverIsOnlyNamed) {
    auto trade = examples::trade();
    trade.destination = titan;
    trade.reason = R"("buyer":"titan")";
    const auto body = wire::render_body(
        {.kind = EventKind::trade_cancelled, .body = domain::TradeChanged{trade}});
    EXPECT_THAT(stake_of(EventKind::trade_cancelled, "t", body).stations, ElementsAre(ceres, mars));
    EXPECT_THAT(stake_of(EventKind::station_updated, "ceres", R"({"stationId":"ceres"})").stations,
                IsEmpty());
    const auto user =
        stake_of(EventKind::user_updated, "42", R"({"userId":"42","stations":["ceres"]})");
    EXPECT_THAT(user.stations, IsEmpty());
    EXPECT_EQ(user.account, Principal("user:42"));
    EXPECT_EQ(stake_of(EventKind::user_updated, "user:42", "{}").account, Principal("user:42"));
}

TEST(StakeOf, ABrokenBodyConcernsNobody) {
    const auto body = wire::render_body(examples::event(EventKind::trade_confirmed));
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_THAT(stake_of(EventKind::trade_confirmed, "t", body.substr(0, size)).stations,
                    IsEmpty())
            << size;
    EXPECT_THAT(stake_of(EventKind::critical, "c", R"(["stations","ceres"])").stations, IsEmpty());
}

TEST(MayHear, FollowsTheReads) {
    const auto trade = stake_as_rendered(EventKind::trade_confirmed);
    const auto cargo = stake_as_rendered(EventKind::cargo_departed);
    const auto stock = stake_as_rendered(EventKind::inventory_changed);
    const Stake catalogue{.kind = EventKind::product_updated};
    const Stake user{.kind = EventKind::user_updated, .account = Principal("user:nova")};
    const Stake other{.kind = EventKind::user_updated, .account = Principal("user:rigel")};
    const Stake warning{.kind = EventKind::critical, .stations = {ceres}};
    const Stake parked{.kind = EventKind::critical};
    struct Row {
        Caller who;
        std::vector<const Stake*> hears;
    };
    const Row rows[] = {
        {Caller{}, {}},
        {caller(Role::trader, {mars}), {&trade, &cargo, &stock, &catalogue, &user}},
        {caller(Role::trader, {ceres}), {&trade, &cargo, &stock, &catalogue, &user, &warning}},
        {caller(Role::trader, {titan}), {&stock, &catalogue, &user}},
        {caller(Role::partner, {ceres}), {&trade, &cargo, &stock, &catalogue, &user, &warning}},
        {caller(Role::partner, {titan}), {&stock, &catalogue, &user}},
        {caller(Role::operator_, {titan}), {&trade, &stock, &catalogue, &user, &parked}},
        {caller(Role::auditor),
         {&trade, &cargo, &stock, &catalogue, &user, &other, &warning, &parked}},
        {caller(Role::admin),
         {&trade, &cargo, &stock, &catalogue, &user, &other, &warning, &parked}},
    };
    for (const auto& row : rows)
        for (const auto* stake :
             {&trade, &cargo, &stock, &catalogue, &user, &other, &warning, &parked})
            EXPECT_EQ(may_hear(row.who, *stake),
                      std::ranges::find(row.hears, stake) != row.hears.end())
                << names(row.who.roles) << ' ' << name(stake->kind) << ' ' << stake->account;
}

TEST(MayHear, NothingWithoutTheScope) {
    auto who = caller(Role::admin);
    who.scopes = identity::Scopes(identity::Scope::trade);
    for (int i = 0; i <= static_cast<int>(EventKind::critical); ++i)
        EXPECT_FALSE(may_hear(who, Stake{.kind = static_cast<EventKind>(i), .stations = {ceres}}));
}

/// An event of ceres' stock with everything that can be told of it.
wire::JournalEntry stock_entry() {
    return {
        .kind = EventKind::inventory_changed,
        .subject = "ceres/ice",
        .caused_by = "key-of-ceres",
        .traceparent = "00-1-2-01",
        .body = R"({"stationId":"ceres","onHand":5,"reason":"sold","cause":"t-1","note":"\"}"})"};
}

TEST(AsHeard, StockIsToldWithoutItsCausesToStrangers) {
    const auto whole = stock_entry();
    auto plain = whole;
    plain.caused_by.clear();
    plain.traceparent.clear();
    plain.body = R"({"stationId":"ceres","onHand":5,"reason":"sold"})";
    for (const auto role : {Role::trader, Role::operator_, Role::partner}) {
        EXPECT_EQ(as_heard(caller(role, {ceres}), whole), whole) << identity::name(role);
        EXPECT_EQ(as_heard(caller(role, {titan}), whole), plain) << identity::name(role);
        EXPECT_EQ(as_heard(caller(role), whole), plain) << identity::name(role);
        EXPECT_TRUE(may_read_causes(caller(role, {ceres}), ceres));
        EXPECT_FALSE(may_read_causes(caller(role, {titan}), ceres));
    }
    for (const auto role : {Role::auditor, Role::admin}) {
        EXPECT_EQ(as_heard(caller(role), whole), whole) << identity::name(role);
        EXPECT_TRUE(may_read_causes(caller(role), ceres));
    }
    EXPECT_EQ(as_heard(Caller{}, whole), std::nullopt);
}

TEST(AsHeard, OtherEventsAreToldWholeOrNotAtAll) {
    const wire::JournalEntry trade{
        .kind = EventKind::trade_confirmed,
        .subject = "t",
        .caused_by = "key",
        .body = wire::render_body(examples::event(EventKind::trade_confirmed))};
    EXPECT_EQ(as_heard(caller(Role::trader, {mars}), trade), trade);
    EXPECT_EQ(as_heard(caller(Role::trader, {titan}), trade), std::nullopt);
}

TEST(WithoutCauses, ABrokenBodyTellsNothing) {
    EXPECT_EQ(without_causes(R"({"cause":"t-1","note":"n"})"), "{}");
    EXPECT_EQ(without_causes(R"({"note":"n","a":{"cause":1},"b":[2]})"),
              R"({"a":{"cause":1},"b":[2]})");
    const auto body = stock_entry().body;
    for (std::size_t size = 0; size < body.size(); ++size)
        EXPECT_EQ(without_causes(std::string_view(body).substr(0, size)), "{}") << size;
}

TEST(IsParty, OfItsOwnStations) {
    const auto trade = stake_as_rendered(EventKind::trade_confirmed);
    const std::vector<StationId> some{titan, mars};
    const std::vector<StationId> none{titan};
    EXPECT_TRUE(is_party(some, trade));
    EXPECT_FALSE(is_party(none, trade));
    EXPECT_FALSE(is_party({}, trade));
    EXPECT_FALSE(is_party(some, Stake{.kind = EventKind::product_updated}));
}

}  // namespace
}  // namespace itn::rights
