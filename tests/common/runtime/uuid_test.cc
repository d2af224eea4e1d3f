#include "common/runtime/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

namespace itn::runtime {
namespace {

using testing::MatchesRegex;

TEST(Uuid, IsVersion7OfTheRfcVariant) {
    EXPECT_THAT(uuid_v7(), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                        "[0-9a-f]{12}"));
}

TEST(Uuid, StartsWithTheMillisecondsOfNow) {
    const auto millis = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    };
    const auto before = millis();
    auto text = uuid_v7().substr(0, 13);
    text.erase(8, 1);
    const auto stamped = std::stoll(text, nullptr, 16);
    EXPECT_LE(before, stamped);
    EXPECT_LE(stamped, millis() + 1);
}

TEST(Uuid, SortsInTheOrderOfMaking) {
    std::vector<std::string> made(20'000);
    std::generate(made.begin(), made.end(), uuid_v7);
    EXPECT_TRUE(std::is_sorted(made.begin(), made.end()));
    EXPECT_EQ(std::adjacent_find(made.begin(), made.end()), made.end());
}

TEST(Uuid, IsUniqueAcrossThreads) {
    constexpr std::size_t each = 5'000;
    std::vector<std::vector<std::string>> made(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : made)
            threads.emplace_back([&mine] {
                for (std::size_t i = 0; i < each; ++i)
                    mine.push_back(uuid_v7());
            });
    }
    std::set<std::string> all;
    for (const auto& mine : made)
        all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), made.size() * each);
}

TEST(Uuid, TextPutsHyphensWhereTheRfcDoes) {
    std::array<std::byte, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::byte>(i * 17);
    EXPECT_EQ(uuid_text(bytes), "00112233-4455-6677-8899-aabbccddeeff");
}

TEST(RandomBytes, FillsTheWholeSpan) {
    std::vector<std::byte> bytes(4096);
    random_bytes(bytes);
    const auto zeros = std::count(bytes.begin(), bytes.end(), std::byte{0});
    EXPECT_LT(zeros, 100);
}

}  // namespace
}  // namespace itn::runtime
