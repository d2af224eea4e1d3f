#include "common/identity/secret_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace itn::identity {
namespace {

/// The number that base-62 digits stand for: the other way round than the code goes.
Digest number_of(const std::string& digits) {
    Digest number{};
    for (const char c : digits) {
        std::uint32_t carry = static_cast<std::uint32_t>(c <= '9'   ? c - '0'
                                                         : c <= 'Z' ? c - 'A' + 10
                                                                    : c - 'a' + 36);
        for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
            carry += *byte * 62U;
            *byte = static_cast<std::uint8_t>(carry & 0xffU);
            carry >>= 8U;
        }
        EXPECT_EQ(carry, 0U) << digits;
    }
    return number;
}

TEST(SecretText, KnowsItsDigits) {
    Digest number{};
    EXPECT_EQ(base62(number), std::string(43, '0'));
    number.back() = 61;
    EXPECT_EQ(base62(number), std::string(42, '0') + "z");
    number.back() = 62;
    EXPECT_EQ(base62(number), std::string(41, '0') + "10");
    number.fill(0xff);
    EXPECT_EQ(number_of(base62(number)), number);
}

RC_GTEST_PROP(SecretText, KeepsEveryBit, (const std::array<std::uint8_t, 32>& number)) {
    RC_ASSERT(number_of(base62(number)) == number);
}

TEST(SecretText, ComesBack) {
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        const auto fresh = fresh_secret();
        EXPECT_EQ(parse_secret(fresh.text("itn"), "itn"), fresh);
        EXPECT_TRUE(ids.insert(fresh.id).second);
        const auto next = fresh_secret_for(fresh.id);
        EXPECT_EQ(next.id, fresh.id);
        EXPECT_NE(next.hash(), fresh.hash());
    }
}

TEST(SecretText, RefusesEveryOtherForm) {
    const std::string id = "0123456789ab";
    const std::string secret(43, 'Z');
    EXPECT_TRUE(parse_secret("itn_" + id + "_" + secret, "itn"));
    for (const auto& text :
         {std::string(), std::string("itn"), "itn_" + id, "itn_" + id + "_", "itn_" + id + secret,
          "itn_" + id + "_" + secret + "Z", "itn_" + id + "_" + secret.substr(1),
          "ITN_" + id + "_" + secret, "itm_" + id + "_" + secret, "itn-" + id + "_" + secret,
          "itn_" + id + "-" + secret, "itn_" + id.substr(1) + "__" + secret,
          "itn_" + id.substr(1) + "-_" + secret, "itn_" + id + "_" + secret.substr(1) + " ",
          "itn_" + id + "_" + secret.substr(1) + std::string(1, '\0'),
          "itn_" + id + "_" + secret.substr(2) + "\xc3\xa4", "itnr_" + id + "_" + secret})
        EXPECT_FALSE(parse_secret(text, "itn")) << text;
}

RC_GTEST_PROP(SecretText, ReadsOnlyWhatItWrites, (const std::string& tail, std::uint8_t cut)) {
    const auto text = fresh_secret().text("itn").substr(0, cut) + tail;
    const auto read = parse_secret(text, "itn");
    RC_ASSERT((!read || read->text("itn") == text));
}

}  // namespace
}  // namespace itn::identity
