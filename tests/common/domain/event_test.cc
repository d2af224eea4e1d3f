#include "common/domain/event.h"

#include <gtest/gtest.h>

namespace itn::domain {
namespace {

TEST(event, names_its_subject_and_version) {
    const Event trade{.kind = EventKind::trade_confirmed,
                      .body = TradeChanged{.after = {.id = TransactionId("t1"), .version = 1}}};
    const Event cargo{.kind = EventKind::cargo_loaded,
                      .body = CargoChanged{.after = {.id = ShipmentId("s1"), .version = 2}}};
    const StockKey key{StationId("ceres"), ProductId("ice")};
    const Event stock{.kind = EventKind::inventory_changed,
                      .body = StockChanged{.after = {.key = key, .version = 3}}};
    const Event critical{.kind = EventKind::critical, .body = Critical{.about = "ceres/ice"}};

    EXPECT_EQ(subject_of(trade), "t1");
    EXPECT_EQ(subject_of(cargo), "s1");
    EXPECT_EQ(subject_of(stock), "ceres/ice");
    EXPECT_EQ(subject_of(critical), "ceres/ice");
    EXPECT_EQ(version_of(trade), 1);
    EXPECT_EQ(version_of(cargo), 2);
    EXPECT_EQ(version_of(stock), 3);
    EXPECT_EQ(version_of(critical), 0);
}

}  // namespace
}  // namespace itn::domain
