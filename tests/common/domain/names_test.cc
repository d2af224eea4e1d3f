#include <gtest/gtest.h>

#include <set>

#include "common/domain/decide.h"

namespace itn::domain {
namespace {

/// Every enumerator up to `last` has a text of its own that leads back to it.
template <class Enum, class From>
void reads_back(Enum last, From from) {
    std::set<std::string_view> texts;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const auto value = static_cast<Enum>(i);
        const std::string_view text = name(value);
        EXPECT_FALSE(text.empty());
        EXPECT_TRUE(texts.insert(text).second) << text;
        EXPECT_EQ(from(text), value) << text;
        EXPECT_EQ(from(std::string(text) + "x"), std::nullopt);
    }
    EXPECT_EQ(from(""), std::nullopt);
}

TEST(names, lead_back_to_their_enumerators) {
    reads_back(TradeType::sell, trade_type_from);
    reads_back(TradeStatus::rejected, trade_status_from);
    reads_back(CargoStatus::cancelled, cargo_status_from);
    reads_back(StockReason::cargo_cancelled, stock_reason_from);
    reads_back(CriticalKind::command_parked, critical_kind_from);
    reads_back(CommandKind::inventory_transfer, command_kind_from);
    reads_back(EventKind::critical, event_kind_from);
    reads_back(Rejection::not_loaded, rejection_from);
}

TEST(names, are_the_words_outsiders_read) {
    EXPECT_EQ(name(TradeType::buy), "buy");
    EXPECT_EQ(name(TradeStatus::in_transit), "in_transit");
    EXPECT_EQ(name(CargoStatus::delayed), "delayed");
    EXPECT_EQ(name(StockReason::count_correction), "count_correction");
    EXPECT_EQ(name(StockReason::cargo_cancelled), "cargo_cancelled");
    EXPECT_EQ(name(CriticalKind::oversized_trade), "oversized_trade");
    EXPECT_EQ(name(CommandKind::trade_create), "trade.create");
    EXPECT_EQ(name(CommandKind::cargo_load), "cargo.load");
    EXPECT_EQ(name(CommandKind::inventory_transfer), "inventory.transfer");
    EXPECT_EQ(name(EventKind::trade_in_transit), "trade.in_transit");
    EXPECT_EQ(name(EventKind::inventory_changed), "inventory.changed");
    EXPECT_EQ(name(EventKind::user_updated), "user.updated");
    EXPECT_EQ(name(EventKind::critical), "critical");
    EXPECT_EQ(name(Rejection::stock_below_reserved), "stock_below_reserved");
    EXPECT_EQ(name(Rejection::shipment_not_under_way), "shipment_not_under_way");
}

TEST(names, of_commands_tell_the_family) {
    for (int i = 0; i <= static_cast<int>(CommandKind::inventory_transfer); ++i) {
        const auto kind = static_cast<CommandKind>(i);
        const std::string_view text = name(kind);
        const std::string_view prefix = text.substr(0, text.find('.'));
        const bool is_transfer = kind == CommandKind::inventory_transfer;
        EXPECT_EQ(family_of(kind), is_transfer ? Family::cargo : family_from(prefix)) << text;
    }
}

}  // namespace
}  // namespace itn::domain
