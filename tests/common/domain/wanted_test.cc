#include <gtest/gtest.h>

#include "tests/common/domain/galaxy.h"

namespace itn::domain {
namespace {

using namespace test;
using enum CommandKind;

/// Every kind of command once, each of which must find all its rows at the first attempt.
TEST(wanted, is_enough_for_every_kind) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", 20));
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t3", "ceres", "vesta", {{"ice", 1}}, "ceres"));
    galaxy.settle();
    galaxy.run(collect("t3"));
    galaxy.run(ship("s1", "ceres", "vesta", {{"ice", 2}}));
    galaxy.run(ship("s2", "ceres", "vesta", {{"ice", 2}}));
    galaxy.run(unload("t1", "auto1"));
    galaxy.run(load("t1", "s1"));
    galaxy.run(move(cargo_cancel, "s2"));
    galaxy.run(cancel("t2"));
    galaxy.settle();
    for (const auto kind : {cargo_depart, cargo_delay, cargo_resume, cargo_locate, cargo_deliver}) {
        EXPECT_FALSE(galaxy.run(move(kind, "s1")).rejection) << name(kind);
        galaxy.settle();
    }
    galaxy.run(ship("s3", "ceres", "vesta", {{"ice", 2}}));
    galaxy.run(move(cargo_depart, "s3"));
    EXPECT_FALSE(galaxy.run(move(cargo_lose, "s3")).rejection);
    EXPECT_EQ(galaxy.misses(), 0);
}

TEST(wanted, finds_a_batch_whose_commands_build_on_each_other) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", 20));
    const auto decisions =
        galaxy.run({create("t1", "ceres", "vesta", {{"ice", 1}}), ship("s1", "ceres", "vesta", {}),
                    load("t1", "s1"), move(cargo_depart, "s1"), move(cargo_deliver, "s1")});
    for (const Decision& decision : decisions)
        EXPECT_FALSE(decision.rejection);
    EXPECT_EQ(galaxy.misses(), 1);  // the stock of vesta
    EXPECT_EQ(text_of(galaxy.world()),
              "trade t1 confirmed v1 ceres>vesta ice*1 =7 in s1\n"
              "cargo s1 delivered v4 ceres>vesta loaded 2 in 1 at vesta [ t1 ]\n"
              "stock ceres/ice 19/0 v3\n"
              "stock vesta/ice 1/0 v1\n");
}

TEST(wanted, misses_the_route_of_a_load_that_does_not_name_it) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", 20));
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(of_system(
        {.kind = cargo_load, .subject = "t1", .body = LoadCargo{.trade = TransactionId("t1")}},
        "f1"));
    EXPECT_EQ(galaxy.misses(), 1);
    EXPECT_EQ(galaxy.world().trade(TransactionId("t1"))->shipment, ShipmentId("f1"));
}

}  // namespace
}  // namespace itn::domain
