#include "tools/ctl/table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace itn::ctl {
namespace {

using nlohmann::json;

const std::vector<Column> shape = {
    {"TRADE", "/id"}, {"GOODS", "/items"}, {"TOTAL", "/total", true}};

TEST(Table, columns_line_up_and_numbers_stand_to_the_right) {
    const json rows = {
        {{"id", "a"}, {"items", {{{"productId", "ice"}, {"quantity", 10}}}}, {"total", 1200}},
        {{"id", "bcdefg"}, {"total", 7}}};
    EXPECT_EQ(table(rows, shape, false),
              "TRADE   GOODS   TOTAL\n"
              "a       ice×10   1200\n"
              "bcdefg              7\n");
}

TEST(Table, titles_are_bold_when_styled) {
    EXPECT_EQ(table(json::array(), {{"A", "/a"}}, true), "\x1b[1mA\x1b[0m\n");
}

TEST(Table, a_sheet_leaves_out_what_is_not_there) {
    EXPECT_EQ(sheet({{"id", "a"}, {"total", 0}},
                    {{"trade", "/id"}, {"why", "/reason"}, {"total", "/total"}}, false),
              "trade  a\ntotal  0\n");
}

TEST(Table, a_name_cannot_paint_over_the_terminal) {
    EXPECT_EQ(printable("a\x1b[2Jb\r\n\t\x7f"), "a?[2Jb????");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31mred"),
              "?31mred");
    EXPECT_EQ(printable("Ceres – Grün é"), "Ceres – Grün é");
}

TEST(Table, cells_show_every_kind_of_value) {
    const json row = {{"flag", true}, {"none", nullptr}, {"words", {"b", "c"}}, {"x", {{"y", -3}}}};
    EXPECT_EQ(cell(row, "/flag"), "yes");
    EXPECT_EQ(cell(row, "/none"), "");
    EXPECT_EQ(cell(row, "/words"), "b, c");
    EXPECT_EQ(cell(row, "/x/y"), "-3");
    EXPECT_EQ(cell(row, "/absent/deep"), "");
}

TEST(Table, a_long_cell_is_cut_between_characters) {
    const json rows = {{{"id", std::string(30, 'a') + std::string("üüüüüüüüüüüüüüü")}}};
    const std::string text = table(rows, {{"", "/id"}}, false);
    EXPECT_NE(text.find("üüüüüüüüü…\n"), text.npos) << text;
    EXPECT_EQ(columns("ü…a"), 3U);
}

TEST(Table, the_bar_fills) {
    EXPECT_EQ(progress_bar(0, 10), '[' + std::string(30, '.') + "] 0/10");
    EXPECT_EQ(progress_bar(5, 10), '[' + std::string(15, '#') + std::string(15, '.') + "] 5/10");
    EXPECT_EQ(progress_bar(10, 10), '[' + std::string(30, '#') + "] 10/10");
    EXPECT_EQ(progress_bar(0, 0), '[' + std::string(30, '#') + "] 0/0");
}

}  // namespace
}  // namespace itn::ctl
