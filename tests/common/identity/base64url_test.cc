#include "common/identity/base64url.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace itn::identity {
namespace {

TEST(Base64url, KnowsTheVectorsOfRfc4648) {
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64url(bytes), text);
        EXPECT_EQ(from_base64url(text), bytes);
    }
}

TEST(Base64url, RefusesEveryOtherForm) {
    for (const auto* text : {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "Zm9v Yg", "Zm9v\n", "+/8", "Zm9vY",
                             "Zg.", "\xc3\xa4\xc3\xa4"})
        EXPECT_EQ(from_base64url(text), std::nullopt) << text;
}

RC_GTEST_PROP(Base64url, ComesBack, (const std::string& bytes)) {
    RC_ASSERT(from_base64url(base64url(bytes)) == bytes);
}

RC_GTEST_PROP(Base64url, HasOneTextForEveryBytes, ()) {
    const auto text =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AQgwBZaz09-_=+/ ")));
    const auto bytes = from_base64url(text);
    RC_ASSERT((!bytes || base64url(*bytes) == text));
}

}  // namespace
}  // namespace itn::identity
