#include "common/identity/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "common/identity/base64url.h"

namespace itn::identity {
namespace {

TEST(Digest, KnowsTheVectorsOfFips180) {
    EXPECT_EQ(base64url(sha256("")), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
    EXPECT_EQ(base64url(sha256("abc")), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

TEST(Digest, ComparesWholeSpans) {
    const Digest one = sha256("one");
    Digest other = one;
    EXPECT_TRUE(equal_in_constant_time(one, other));
    other.back() ^= 1U;
    EXPECT_FALSE(equal_in_constant_time(one, other));
    EXPECT_FALSE(equal_in_constant_time(one, std::span(one).first(31)));
}

TEST(Digest, RandomnessDoesNotRepeat) {
    std::set<Digest> seen;
    for (int i = 0; i < 1'000; ++i)
        EXPECT_TRUE(seen.insert(random_256()).second);
}

TEST(Digest, WipesTheBytesThemselves) {
    std::string secret = "a secret that is long enough to stand on the heap";
    const char* bytes = secret.data();
    const std::size_t size = secret.size();
    wipe(secret);
    EXPECT_TRUE(secret.empty());
    ASSERT_EQ(secret.data(), bytes);  // still the string's own memory
    EXPECT_EQ(std::string(bytes, size), std::string(size, '\0'));
}

}  // namespace
}  // namespace itn::identity
