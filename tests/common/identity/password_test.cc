#include "common/identity/password.h"

#include <argon2.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

namespace itn::identity {
namespace {

/// As it was made when machines were slow.
std::string cheap_hash(std::string_view password) {
    const std::string_view salt = "sixteen bytes of";
    std::array<char, 256> phc{};
    EXPECT_EQ(argon2id_hash_encoded(1, 64, 1, password.data(), password.size(), salt.data(),
                                    salt.size(), 32, phc.data(), phc.size()),
              ARGON2_OK);
    return phc.data();
}

TEST(Password, MatchesItselfAndNothingElse) {
    const auto phc = hash_password("correct horse");
    EXPECT_TRUE(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << phc;
    EXPECT_TRUE(verify_password(phc, "correct horse"));
    for (const auto* other :
         {"correct hors", "correct horsf", "Correct horse", " correct horse", ""})
        EXPECT_FALSE(verify_password(phc, other)) << other;
}

TEST(Password, SaltsEveryHash) {
    EXPECT_NE(hash_password("same"), hash_password("same"));
}

TEST(Password, CutsNothing) {
    const std::string start(1'023, 'x');
    const auto phc = hash_password(start + "a");
    EXPECT_TRUE(verify_password(phc, start + "a"));
    EXPECT_FALSE(verify_password(phc, start + "b"));
    EXPECT_FALSE(verify_password(phc, start));
    const auto with_nul = hash_password(std::string("abc\0def", 7));
    EXPECT_TRUE(verify_password(with_nul, std::string("abc\0def", 7)));
    EXPECT_FALSE(verify_password(with_nul, "abc"));
}

TEST(Password, SaysNoToStoredTextsThatAreNoneOfOurs) {
    const auto phc = hash_password("known");
    for (const auto& stored :
         {std::string(), std::string("known"), std::string("$argon2id$"),
          std::string("$argon2i") + phc.substr(9), phc.substr(0, phc.size() - 1), phc + "A",
          std::string("$argon2id$v=19$m=4194304,t=2,p=1$") + phc.substr(phc.find("p=1$") + 4),
          std::string("$argon2id$v=19$m=19456,t=4000000000,p=1$") +
              phc.substr(phc.find("p=1$") + 4)})
        EXPECT_FALSE(verify_password(stored, "known")) << stored;
    EXPECT_FALSE(verify_password(std::nullopt, "known"));
}

TEST(Password, WantsOtherCostsToBeMadeAnew) {
    const auto phc = hash_password("known");
    EXPECT_FALSE(needs_rehash(phc));
    EXPECT_TRUE(verify_password(cheap_hash("known"), "known"));
    EXPECT_FALSE(verify_password(cheap_hash("known"), "guess"));
    EXPECT_TRUE(needs_rehash(cheap_hash("known")));
    EXPECT_TRUE(needs_rehash("anything"));
}

std::chrono::nanoseconds time_of(const std::optional<std::string>& stored) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_FALSE(verify_password(stored, "guess"));
    return std::chrono::steady_clock::now() - began;
}

TEST(Password, TakesAsLongForNobody) {
    const std::optional<std::string> phc = hash_password("known");
    std::vector<std::chrono::nanoseconds> known;
    std::vector<std::chrono::nanoseconds> nobody;
    for (int i = 0; i < 9; ++i) {
        known.push_back(time_of(phc));
        nobody.push_back(time_of(std::nullopt));
    }
    const auto median = [](auto& times) {
        std::ranges::nth_element(times, times.begin() + 4);
        return times[4];
    };
    // Wide enough for a busy machine: without the work it would be a thousand times faster.
    EXPECT_LT(median(nobody), median(known) * 2);
    EXPECT_LT(median(known), median(nobody) * 2);
}

}  // namespace
}  // namespace itn::identity
