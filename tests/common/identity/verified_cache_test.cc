#include "common/identity/verified_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <thread>
#include <vector>

#include "tests/common/identity/signed_tokens.h"

namespace itn::identity {
namespace {

using namespace std::chrono_literals;
using tests::good_claims;
using tests::now;

std::shared_ptr<const Claims> claims_of(const std::string& subject, std::int64_t version) {
    auto claims = good_claims();
    claims.subject = Principal(subject);
    claims.version = version;
    return std::make_shared<Claims>(claims);
}

TEST(VerifiedCache, KeepsUntilTheEndOfTheToken) {
    VerifiedCache cache;
    EXPECT_EQ(cache.find("token", now), nullptr);
    cache.keep("token", claims_of("user:nova", 1));
    ASSERT_NE(cache.find("token", now), nullptr);
    EXPECT_EQ(cache.find("token", now)->subject, Principal("user:nova"));
    EXPECT_EQ(cache.find("tokem", now), nullptr);
    EXPECT_NE(cache.find("token", now + 15min + 30s - 1us), nullptr);
    EXPECT_EQ(cache.find("token", now + 15min + 30s), nullptr);
    EXPECT_EQ(cache.size(), 0U);
}

TEST(VerifiedCache, DropsOlderVersionsOfOneSubject) {
    VerifiedCache cache;
    cache.keep("nova 1", claims_of("user:nova", 1));
    cache.keep("nova 2", claims_of("user:nova", 2));
    cache.keep("rigel 1", claims_of("user:rigel", 1));
    EXPECT_NE(cache.find("nova 1", now), nullptr);
    cache.revoke_before(Principal("user:nova"), 2, now);
    EXPECT_EQ(cache.find("nova 1", now), nullptr);
    EXPECT_NE(cache.find("nova 2", now), nullptr);
    EXPECT_NE(cache.find("rigel 1", now), nullptr);
    cache.revoke_before(Principal("user:nova"), 1, now);  // old news
    EXPECT_EQ(cache.find("nova 1", now), nullptr);
    EXPECT_NE(cache.find("nova 2", now), nullptr);
    cache.revoke_before(Principal("user:nova"), 3, now);
    EXPECT_EQ(cache.find("nova 2", now), nullptr);
}

TEST(VerifiedCache, IsBoundedAndKeepsWhatIsUsed) {
    VerifiedCache cache(160);
    cache.keep("used", claims_of("user:nova", 1));
    for (int i = 0; i < 5'000; ++i) {
        cache.keep(std::to_string(i), claims_of("user:nova", 1));
        ASSERT_NE(cache.find("used", now), nullptr) << i;
    }
    EXPECT_LE(cache.size(), 160U);
    EXPECT_EQ(cache.find("0", now), nullptr);
}

TEST(Revocations, AreKeptForAsLongAsATokenCouldLive) {
    Revocations revocations;
    revocations.revoke_before(Principal("user:nova"), 2, now);
    revocations.revoke_before(Principal("user:rigel"), 2, now + 16min);
    EXPECT_EQ(revocations.size(), 2U);
    EXPECT_TRUE(revocations.is_revoked(*claims_of("user:nova", 1)));
    revocations.revoke_before(Principal("user:vega"), 2, now + 16min + 1us);
    EXPECT_EQ(revocations.size(), 2U);
    EXPECT_FALSE(revocations.is_revoked(*claims_of("user:nova", 1)));
    EXPECT_TRUE(revocations.is_revoked(*claims_of("user:rigel", 1)));
}

TEST(Revocations, ForgettingEarlyTakesAllThatIsAsOldAlong) {
    Revocations revocations(2);
    const auto other = claims_of("user:other", 1);
    revocations.revoke_before(Principal("user:a"), 2, now - 1min);
    revocations.revoke_before(Principal("user:b"), 2, now);
    EXPECT_FALSE(revocations.is_revoked(*other));
    revocations.revoke_before(Principal("user:c"), 2, now);
    EXPECT_FALSE(revocations.is_revoked(*other)) << "issued after a was revoked";
    auto older = *claims_of("user:a", 1);
    older.issued_at = now - 1min;
    EXPECT_TRUE(revocations.is_revoked(older));
    revocations.revoke_before(Principal("user:d"), 2, now);
    EXPECT_TRUE(revocations.is_revoked(*other));
    EXPECT_EQ(revocations.size(), 2U);
}

TEST(Revocations, OfASessionThatEndedTakeItsTokensAndNoOthers) {
    Revocations revocations;
    auto mine = *claims_of("user:nova", 1);
    mine.session = "one";
    auto other = mine;
    other.session = "two";
    revocations.end_session("one", now);
    EXPECT_TRUE(revocations.is_revoked(mine));
    EXPECT_FALSE(revocations.is_revoked(other));
    EXPECT_FALSE(revocations.is_revoked(*claims_of("user:nova", 1))) << "without a session";
    revocations.end_session("three", now + 16min + 1us);
    EXPECT_EQ(revocations.size(), 1U) << "kept for as long as a token could live";
}

TEST(VerifiedCache, DropsTheTokensOfASessionThatEnded) {
    VerifiedCache cache;
    auto claims = *claims_of("user:nova", 1);
    cache.keep("other", std::make_shared<const Claims>(claims));
    claims.session = "one";
    cache.keep("mine", std::make_shared<const Claims>(claims));
    ASSERT_NE(cache.find("mine", now), nullptr);
    cache.end_session("one", now);
    EXPECT_EQ(cache.find("mine", now), nullptr);
    EXPECT_NE(cache.find("other", now), nullptr);
}

class Authenticate : public testing::Test {
protected:
    std::string verdict(const std::string& token, Timestamp at = now) {
        const auto result = authenticate(verifier_, cache_, token, at);
        return result ? "ok" : result.problem().detail;
    }

    std::shared_ptr<const KeySet> keys_ = tests::key_set({tests::known_key()});
    TokenVerifier verifier_ = tests::verifier(keys_);
    VerifiedCache cache_{};
    std::string token_ = sign_token(*keys_, good_claims()).value();
};

TEST_F(Authenticate, VerifiesOnceAndLooksUpThen) {
    EXPECT_EQ(verdict(token_), "ok");
    EXPECT_EQ(cache_.size(), 1U);
    const auto first = authenticate(verifier_, cache_, token_, now).value();
    EXPECT_EQ(first, authenticate(verifier_, cache_, token_, now).value()) << "the same object";
    EXPECT_EQ(*first, good_claims());
}

TEST_F(Authenticate, KeepsNothingThatIsRefused) {
    EXPECT_EQ(verdict(token_.substr(1)), "malformed");
    EXPECT_EQ(verdict(std::string(5'000, 'x')), "too_large");
    EXPECT_EQ(verdict(token_, now + 16min), "expired");
    EXPECT_EQ(cache_.size(), 0U);
}

TEST_F(Authenticate, RefusesWhatWasRevokedSeenOrNot) {
    EXPECT_EQ(verdict(token_), "ok");
    cache_.revoke_before(good_claims().subject, 4, now);
    EXPECT_EQ(verdict(token_), "revoked");
    EXPECT_EQ(cache_.size(), 0U);
    VerifiedCache other;
    other.revoke_before(good_claims().subject, 4, now);
    EXPECT_EQ(authenticate(verifier_, other, token_, now).problem().detail, "revoked");
}

TEST_F(Authenticate, InItsLeewayATokenIsVerifiedOnceToo) {
    const auto late = now + 15min + 10s;
    const auto first = authenticate(verifier_, cache_, token_, late).value();
    EXPECT_EQ(first, authenticate(verifier_, cache_, token_, late).value()) << "the same object";
    EXPECT_EQ(verdict(token_, now + 15min + 30s), "expired");
}

TEST(VerifiedCacheThreads, NeverAnswerWithWhatWasRevokedBefore) {
    VerifiedCache cache(64);
    std::atomic<std::int64_t> dead_below = 0;
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> readers;
        for (int reader = 0; reader < 3; ++reader) {
            readers.emplace_back([&] {
                for (int i = 0; i < 20'000; ++i) {
                    const std::int64_t version = i % 200;
                    const std::int64_t dead = dead_below;
                    const auto found = cache.find(std::to_string(version), now);
                    if (found != nullptr && found->version < dead) ++wrong;
                    if (found == nullptr)
                        cache.keep(std::to_string(version), claims_of("user:nova", version));
                }
            });
        }
        for (std::int64_t version = 1; version <= 150; ++version) {
            cache.revoke_before(Principal("user:nova"), version, now);
            dead_below = version;
        }
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(cache.find("149", now), nullptr);
}

RC_GTEST_PROP(VerifiedCacheProperty, AnswersLikeAMap, ()) {
    VerifiedCache cache;
    std::map<std::string, std::int64_t> kept;
    std::map<std::string, std::int64_t> revoked;
    for (int i = 0; i < 100; ++i) {
        const auto subject = *rc::gen::element<std::string>("a", "b", "c");
        const auto version = *rc::gen::inRange<std::int64_t>(0, 5);
        const auto token = subject + std::to_string(version);
        switch (*rc::gen::inRange(0, 3)) {
            case 0:
                cache.keep(token, claims_of(subject, version));
                kept[token] = version;
                break;
            case 1:
                cache.revoke_before(Principal(subject), version, now);
                revoked[subject] = std::max(revoked[subject], version);
                break;
            default:
                RC_ASSERT((cache.find(token, now) != nullptr) ==
                          (kept.contains(token) && version >= revoked[subject]));
        }
    }
}

}  // namespace
}  // namespace itn::identity
