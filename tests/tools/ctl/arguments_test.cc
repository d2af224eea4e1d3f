#include "tools/ctl/arguments.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tools/ctl/exit_codes.h"

namespace itn::ctl {
namespace {

using nlohmann::json;

template <class Read>
std::string complaint(Read read) {
    try {
        read();
    } catch (const Trouble& trouble) {
        EXPECT_EQ(trouble.exit(), Exit::usage);
        return trouble.what();
    }
    return "";
}

TEST(Arguments, goods_are_product_and_quantity) {
    const json expected = {{{"productId", "ice"}, {"quantity", 10}},
                           {{"productId", "iron-ore"}, {"quantity", 1}}};
    EXPECT_EQ(read_goods({"ice=10", "iron-ore=1"}), expected);
    EXPECT_EQ(read_goods({}), json::array());
}

TEST(Arguments, what_is_no_goods_is_named) {
    for (const char* word :
         {"ice", "=10", "ice=", "ice=ten", "ice=1.5", "ice=10 ", "ice=99999999999999999999"})
        EXPECT_NE(complaint([&] { read_goods({word}); }), "") << word;
}

TEST(Arguments, a_place_has_three_whole_numbers) {
    EXPECT_EQ(read_place("413,-27,81"), (json{{"x", 413}, {"y", -27}, {"z", 81}}));
    for (const char* text : {"", "1", "1,2", "1,2,3,4", "a,b,c", "1,,3", "1, 2,3"})
        EXPECT_NE(complaint([&] { read_place(text); }), "") << text;
}

TEST(Arguments, a_query_holds_what_was_given_percent_encoded) {
    EXPECT_EQ(query_of({{"status", ""}, {"station", ""}}), "");
    EXPECT_EQ(query_of({{"status", "confirmed"}, {"station", ""}, {"from", "2026-01-01T00:00+01"}}),
              "?status=confirmed&from=2026-01-01T00%3A00%2B01");
    EXPECT_EQ(query_of({{"cursor", "a&b=c/ü"}}), "?cursor=a%26b%3Dc%2F%C3%BC");
}

TEST(Arguments, the_same_line_of_the_same_file_has_the_same_key) {
    const std::string file = "{\"seller\":\"ceres\"}\n\n  \r\n{\"seller\":\"ceres\"}\n";
    const auto lines = read_trade_lines(file, "");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].number, 1U);
    EXPECT_EQ(lines[1].number, 4U);
    EXPECT_NE(lines[0].key, lines[1].key);
    const auto again = read_trade_lines(file, "");
    EXPECT_EQ(again[0].key, lines[0].key);
    EXPECT_EQ(again[1].key, lines[1].key);
    EXPECT_NE(read_trade_lines(file, "another run")[0].key, lines[0].key);
    EXPECT_EQ(json::parse(lines[0].json)["idempotencyKey"], lines[0].key);
}

TEST(Arguments, a_key_in_the_file_stays) {
    const auto lines = read_trade_lines("{\"idempotencyKey\":\"mine\"}", "salt");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].key, "mine");
}

TEST(Arguments, a_bad_line_is_named_by_its_number) {
    const auto of = [](const char* file) { return complaint([&] { read_trade_lines(file, ""); }); };
    EXPECT_EQ(of("{}\nnonsense\n"), "line 2 is no JSON object");
    EXPECT_EQ(of("[1]"), "line 1 is no JSON object");
    EXPECT_EQ(of("{\"idempotencyKey\":7}"), "line 1: idempotencyKey must be a text");
}

TEST(Arguments, batches_hold_so_many_lines_and_bytes) {
    std::vector<TradeLine> lines(450, {.number = 1, .key = "k", .json = "{}"});
    EXPECT_EQ(lines_in_batch(lines, 0, 200), 200U);
    EXPECT_EQ(lines_in_batch(lines, 400, 200), 50U);
    EXPECT_EQ(lines_in_batch(lines, 450, 200), 0U);
    for (TradeLine& line : lines)
        line.json = std::string(200 * 1024, 'x');
    EXPECT_EQ(lines_in_batch(lines, 0, 200), 2U);
    lines[0].json = std::string(600 * 1024, 'x');
    EXPECT_EQ(lines_in_batch(lines, 0, 200), 1U) << "a line alone goes, however long";
}

}  // namespace
}  // namespace itn::ctl
