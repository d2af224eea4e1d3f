#include "common/identity/api_key.h"

#include <gtest/gtest.h>

#include <chrono>

namespace itn::identity {
namespace {

using namespace std::chrono_literals;

const Timestamp now{1'900'000'000s};
const SecretText presented{.id = "0123456789ab", .secret = std::string(43, 'k')};

StoredApiKey stored_key() {
    return {.id = presented.id,
            .owner = Principal("user:42"),
            .secret_hash = presented.hash(),
            .scopes = Scopes(Scope::trade),
            .expires_at = now + 1s};
}

TEST(ApiKey, IsJudgedByItsRow) {
    EXPECT_EQ(judge_api_key(presented, stored_key(), now), KeyVerdict::good);
    EXPECT_EQ(judge_api_key(presented, std::nullopt, now), KeyVerdict::unknown);

    auto row = stored_key();
    row.id = "ba9876543210";
    EXPECT_EQ(judge_api_key(presented, row, now), KeyVerdict::unknown);

    row = stored_key();
    row.secret_hash.front() ^= 1U;
    EXPECT_EQ(judge_api_key(presented, row, now), KeyVerdict::wrong_secret);

    row = stored_key();
    row.revoked = true;
    EXPECT_EQ(judge_api_key(presented, row, now), KeyVerdict::revoked);
    EXPECT_EQ(judge_api_key(presented, stored_key(), now + 1s), KeyVerdict::expired);
}

TEST(ApiKey, TellsTheStateOfAKeyOnlyToWhoHoldsIt) {
    auto row = stored_key();
    row.revoked = true;
    row.secret_hash.back() ^= 1U;
    EXPECT_EQ(judge_api_key(presented, row, now + 2s), KeyVerdict::wrong_secret);
}

TEST(ApiKey, ANullHashIsNobodysKey) {
    EXPECT_NE(presented.hash(), Digest{});
    auto row = stored_key();
    row.secret_hash = {};
    EXPECT_EQ(judge_api_key(presented, row, now), KeyVerdict::wrong_secret);
}

TEST(ApiKey, IsToldFromAToken) {
    const auto text = presented.text(api_key_prefix);
    EXPECT_TRUE(looks_like_api_key(text));
    EXPECT_EQ(parse_api_key(text), presented);
    EXPECT_FALSE(looks_like_api_key("eyJhbGciOiJFZERTQSJ9.e30.c2ln"));
    EXPECT_FALSE(looks_like_api_key("itnr_" + text.substr(4)));
    EXPECT_FALSE(looks_like_api_key("itn"));
}

TEST(ApiKey, IsGivenToMachinesAndNotForEver) {
    const Scopes wished(Scope::read, Scope::trade);
    EXPECT_TRUE(key_terms(wished, now + 1s, now));
    EXPECT_TRUE(key_terms(machine_scopes, now + 24h * 365, now));
    EXPECT_FALSE(key_terms(Scopes(), now + 1s, now));
    EXPECT_FALSE(key_terms(Scopes(Scope::trade, Scope::account), now + 1s, now));
    EXPECT_FALSE(key_terms(wished, now, now));
    EXPECT_FALSE(key_terms(wished, now + 24h * 365 + 1us, now));
}

TEST(ApiKey, VerdictsHaveNames) {
    EXPECT_EQ(name(KeyVerdict::good), "good");
    EXPECT_EQ(name(KeyVerdict::expired), "expired");
}

}  // namespace
}  // namespace itn::identity
