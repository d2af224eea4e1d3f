#include "common/identity/token.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "common/identity/base64url.h"
#include "common/identity/token_claims.h"
#include "tests/common/identity/signed_tokens.h"

namespace itn::identity {
namespace {

using namespace std::chrono_literals;
using tests::good_claims;
using tests::now;
using tests::verdict;

const Ed25519Key key = tests::known_key();
const auto keys = tests::key_set({key});
const TokenVerifier verifier = tests::verifier(keys);

std::string judge(std::string_view token, Timestamp at = now) {
    return verdict(verifier.verify(token, at));
}
std::string judge_header(std::string_view header) {
    return judge(tests::signed_token(key, header, write_claims(good_claims())));
}
std::string judge_claims(std::string_view claims, Timestamp at = now) {
    return judge(tests::signed_token(key, tests::good_header(key), claims), at);
}
/// Good claims in which `from` is replaced by `to`.
std::string claims_with(const std::string& from, const std::string& to) {
    auto text = write_claims(good_claims());
    EXPECT_NE(text.find(from), std::string::npos) << from << " in " << text;
    return text.replace(text.find(from), from.size(), to);
}

TEST(Token, HasOneShape) {
    const auto token = sign_token(*keys, good_claims());
    ASSERT_TRUE(token);
    EXPECT_EQ(*token,
              tests::signed_token(key, tests::good_header(key),
                                  R"({"aud":"itn","client_id":"console","exp":1900000900,)"
                                  R"("iat":1900000000,"iss":"https://itn.example",)"
                                  R"("jti":"0190-1","roles":["trader"],"scope":"read trade )"
                                  R"(cargo inventory catalogue operate account",)"
                                  R"("stations":["ceres","europa"],"sub":"user:nova",)"
                                  R"("ver":3})"));
    const auto claims = verifier.verify(*token, now);
    ASSERT_TRUE(claims);
    EXPECT_EQ(*claims, good_claims());
    const auto caller = caller_of(*claims);
    EXPECT_EQ(caller.kind, CallerKind::signed_in);
    EXPECT_TRUE(caller.acts_for(StationId("europa")));
}

TEST(Token, NamesTheSessionWithWhichItEnds) {
    auto claims = good_claims();
    claims.session = "4fQz0aBcD1eF";
    const auto token = sign_token(*keys, claims).value();
    EXPECT_EQ(*verifier.verify(token, now), claims);
    EXPECT_NE(write_claims(claims).find(R"("sid":"4fQz0aBcD1eF")"), std::string::npos);
    EXPECT_EQ(write_claims(good_claims()).find("sid"), std::string::npos) << "machines have none";
}

TEST(Token, HeadersAreRefusedByName) {
    const auto id = key.id();
    const auto header = [&](const std::string& rest) {
        return R"({"kid":")" + id + "\"" + rest + "}";
    };
    const std::pair<std::string, std::string> rows[] = {
        {header(R"(,"alg":"EdDSA","typ":"at+jwt")"), "ok"},
        {header(R"(,"alg":"none","typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":"None","typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":"HS256","typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":"ES256","typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":"eddsa","typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":["EdDSA"],"typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"typ":"at+jwt")"), "wrong_algorithm"},
        {header(R"(,"alg":"EdDSA","typ":"JWT")"), "wrong_type"},
        {header(R"(,"alg":"EdDSA","typ":"id+jwt")"), "wrong_type"},
        {header(R"(,"alg":"EdDSA")"), "wrong_type"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","jku":"https://evil.example")"),
         "forbidden_header"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","x5u":"https://evil.example")"),
         "forbidden_header"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","x5c":["MAA="])"), "forbidden_header"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","jwk":"x")"), "forbidden_header"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","jwk":{"kty":"OKP"})"), "malformed"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","crit":["exp"],"exp":1)"), "forbidden_header"},
        {header(R"(,"alg":"EdDSA","typ":"at+jwt","b64":"x")"), "forbidden_header"},
        {header(R"(,"alg":"none","alg":"EdDSA","typ":"at+jwt")"), "malformed"},
        {R"({"alg":"EdDSA","typ":"at+jwt"})", "unknown_key"},
        {R"({"alg":"EdDSA","typ":"at+jwt","kid":""})", "unknown_key"},
        {R"({"alg":"EdDSA","typ":"at+jwt","kid":7})", "unknown_key"},
        {R"({"alg":"EdDSA","typ":"at+jwt","kid":"../../keys"})", "unknown_key"},
        {"[]", "malformed"},
        {"", "malformed"},
    };
    for (const auto& [text, fault] : rows)
        EXPECT_EQ(judge_header(text), fault) << text;
}

TEST(Token, EveryClaimIsRequired) {
    for (const auto* claim :
         {R"("aud":"itn",)", R"("client_id":"console",)", R"("exp":1900000900,)",
          R"("iat":1900000000,)", R"("iss":"https://itn.example",)", R"("jti":"0190-1",)",
          R"("roles":["trader"],)", R"("stations":["ceres","europa"],)", R"("sub":"user:nova",)"})
        EXPECT_EQ(judge_claims(claims_with(claim, "")), "missing_claim") << claim;
    EXPECT_EQ(judge_claims(claims_with(R"(,"ver":3)", "")), "missing_claim");
    EXPECT_EQ(judge_claims(claims_with(R"("scope":")", R"("scape":")")), "missing_claim");
}

TEST(Token, ClaimsAreRefusedByName) {
    struct Row {
        std::string from;
        std::string to;
        std::string fault;
    };
    const Row rows[] = {
        {R"("ver":3)", R"("ver":3,"extra":"heeded by nobody")", "ok"},
        {R"("ver":3)", R"("ver":-1)", "missing_claim"},
        {R"("ver":3)", R"("ver":"3")", "missing_claim"},
        {R"("ver":3)", R"("ver":3,"ver":4)", "malformed"},
        {R"("ver":3)", R"("ver":3,"nested":{})", "malformed"},
        {R"("roles":["trader"])", R"("roles":"trader")", "missing_claim"},
        {R"("sub":"user:nova")", R"("sub":"")", "missing_claim"},
        {R"("sub":"user:nova")", R"("sub":"user: nova")", "missing_claim"},
        {R"("sub":"user:nova")", R"("sub":")" + std::string(256, 'x') + "\"", "missing_claim"},
        {R"("iss":"https://itn.example")", R"("iss":"https://itn.example/")", "wrong_issuer"},
        {R"("aud":"itn")", R"("aud":"other")", "wrong_audience"},
        {R"("aud":"itn")", R"("aud":["itn"])", "missing_claim"},
        {R"("exp":1900000900)", R"("exp":1900000901)", "too_long_lived"},
        {R"("exp":1900000900)", R"("exp":253402300799)", "too_long_lived"},
        {R"("exp":1900000900)", R"("exp":9223372036854775807)", "missing_claim"},
        {R"("exp":1900000900)", R"("exp":1900000900.5)", "malformed"},
        {R"("exp":1900000900)", R"("exp":1900000000)", "missing_claim"},
        {R"("iat":1900000000)", R"("iat":-9223372036854775808)", "missing_claim"},
        {R"("ver":3)", R"("ver":3,"sid":"4fQz0aBcD1eF")", "ok"},
        {R"("ver":3)", R"("ver":3,"sid":"")", "missing_claim"},
        {R"("ver":3)", R"("ver":3,"sid":7)", "missing_claim"},
        {R"("ver":3)", R"("ver":3,"nbf":1900000030)", "ok"},
        {R"("ver":3)", R"("ver":3,"nbf":1900000031)", "not_yet_valid"},
        {R"("ver":3)", R"("ver":3,"nbf":"soon")", "missing_claim"},
    };
    for (const auto& [from, to, fault] : rows)
        EXPECT_EQ(judge_claims(claims_with(from, to)), fault) << to;
}

TEST(Token, LivesFromItsBeginningToItsEndWithThirtySecondsAround) {
    const auto token = sign_token(*keys, good_claims()).value();
    EXPECT_EQ(judge(token, now - 30s - 1us), "not_yet_valid");
    EXPECT_EQ(judge(token, now - 30s), "ok");
    EXPECT_EQ(judge(token, now + 15min + 30s - 1us), "ok");
    EXPECT_EQ(judge(token, now + 15min + 30s), "expired");
}

TEST(Token, UnknownRolesAndScopesGiveNothing) {
    const auto token = tests::signed_token(key, tests::good_header(key),
                                           claims_with(R"(["trader"])", R"(["emperor","system"])"));
    const auto claims = verifier.verify(token, now);
    ASSERT_TRUE(claims);
    EXPECT_TRUE(claims->roles.empty());
    EXPECT_EQ(scopes_from("read  readd trade "), Scopes(Scope::read, Scope::trade));
}

TEST(Token, PartsAreCanonical) {
    const auto token = sign_token(*keys, good_claims()).value();
    const auto last = token.rfind('.');
    for (const auto& text :
         {std::string(), std::string("."), std::string(".."), std::string("a.b"), token + ".",
          "." + token, token + "=", token + " ", " " + token, token.substr(0, last),
          token.substr(0, last + 1) + "." + token.substr(last + 1), "Bearer " + token})
        EXPECT_EQ(judge(text), "malformed") << text;
    // The last digit of 64 bytes carries four bits that stand for nothing.
    auto other = token;
    other.back() = other.back() == 'A' ? 'B' : static_cast<char>(other.back() + 1);
    EXPECT_EQ(judge(other), "malformed");
    EXPECT_EQ(judge(token.substr(0, last + 1)), "bad_signature");
    EXPECT_EQ(judge(token + "AAAA"), "bad_signature");
    EXPECT_EQ(judge(std::string(4'097, 'a')), "too_large");
    EXPECT_EQ(judge(std::string(4'096, 'a')), "malformed");
}

TEST(Token, SymmetricSignaturesWithThePublicKeyAreNone) {
    const auto header = R"({"alg":"HS256","kid":")" + key.id() + R"(","typ":"at+jwt"})";
    const auto text = base64url(header) + "." + base64url(write_claims(good_claims()));
    std::array<unsigned char, 32> mac{};
    ASSERT_NE(
        HMAC(EVP_sha256(), key.x().data(), static_cast<int>(key.x().size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), nullptr),
        nullptr);
    EXPECT_EQ(judge(text + "." + base64url(mac)), "wrong_algorithm");
    EXPECT_EQ(judge(text + "."), "wrong_algorithm");
}

TEST(Token, KeysChangeWithoutAPause) {
    const auto next = tests::fresh_key();
    const auto old_set = tests::key_set({key});
    const auto both = tests::key_set({key, next});
    const auto turned = tests::key_set({next, key});
    const auto new_set = tests::key_set({next});
    const auto by_old = sign_token(*both, good_claims()).value();
    const auto by_new = sign_token(*turned, good_claims()).value();
    for (const auto& set : {old_set, both, turned})
        EXPECT_EQ(verdict(tests::verifier(set).verify(by_old, now)), "ok");
    for (const auto& set : {both, turned, new_set})
        EXPECT_EQ(verdict(tests::verifier(set).verify(by_new, now)), "ok");
    EXPECT_EQ(verdict(tests::verifier(new_set).verify(by_old, now)), "unknown_key");
    EXPECT_EQ(verdict(tests::verifier(old_set).verify(by_new, now)), "unknown_key");
}

TEST(Token, StationsMustFit) {
    auto claims = good_claims();
    claims.stations.assign(40, StationId(std::string(50, 's')));
    EXPECT_TRUE(sign_token(*keys, claims));
    claims.stations.assign(60, StationId(std::string(64, 's')));
    const auto token = sign_token(*keys, claims);
    ASSERT_FALSE(token);
    EXPECT_EQ(token.problem().slug, "token_too_large");
}

TEST(Token, FaultsAreForLogsAndThereIsOneProblem) {
    EXPECT_EQ(token_problem(TokenFault::revoked),
              (Problem{.slug = "unauthenticated", .detail = "revoked"}));
    EXPECT_EQ(verifier.verify("", now).problem().slug, "unauthenticated");
}

RC_GTEST_PROP(TokenProperty, NoOtherBytesAreTheToken, ()) {
    static const auto token = sign_token(*keys, good_claims()).value();
    auto other = token;
    const auto at = *rc::gen::inRange<std::size_t>(0, token.size());
    other[at] = *rc::gen::arbitrary<char>();
    RC_PRE(other != token);
    RC_ASSERT(judge(other) != "ok");
}

RC_GTEST_PROP(TokenProperty, IsTotal, ()) {
    const auto part = rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("eyJhbGciOiJFZERTQSIsImtpZCI.-_=\0{\xff", 35)));
    RC_ASSERT(judge(*part + "." + *part + "." + *part) != "ok");
    RC_ASSERT(judge_claims("{" + *part + "}") != "ok");
}

RC_GTEST_PROP(TokenProperty, ClaimsComeBack, (std::uint32_t version, std::uint8_t minutes)) {
    auto claims = good_claims();
    claims.version = version;
    claims.expires_at = now + std::chrono::minutes(1 + minutes % 15);
    claims.roles = {};
    for (const auto role : {Role::auditor, Role::trader, Role::operator_, Role::admin})
        if (*rc::gen::arbitrary<bool>()) claims.roles.insert(role);
    claims.stations.clear();
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i)
        claims.stations.emplace_back("station-" + std::to_string(i));
    const auto read = verifier.verify(sign_token(*keys, claims).value(), now);
    RC_ASSERT(read.ok());
    RC_ASSERT(*read == claims);
}

}  // namespace
}  // namespace itn::identity
