#include "common/identity/key_set.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/identity/base64url.h"
#include "tests/common/identity/signed_tokens.h"

namespace itn::identity {
namespace {

namespace fs = std::filesystem;

constexpr auto known_id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
constexpr auto known_x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr auto known_public_pem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";

/// A folder of its own, gone with the test.
class KeyFiles : public testing::Test {
protected:
    KeyFiles() {
        std::string name = (fs::temp_directory_path() / "itn-keys-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~KeyFiles() override { fs::remove_all(folder_); }

    fs::path put(const std::string& name, const std::string& text, unsigned mode = 0600) {
        const auto path = folder_ / name;
        std::ofstream(path) << text;
        fs::permissions(path, static_cast<fs::perms>(mode));
        return path;
    }
    /// What is wrong, without the folder.
    std::string fault(const std::vector<fs::path>& files) {
        const auto keys = load_keys(files);
        if (keys) return "";
        EXPECT_EQ(keys.problem().slug, "keys");
        auto detail = keys.problem().detail;
        const auto at = detail.find(folder_.string());
        return at == std::string::npos ? detail : detail.erase(at, folder_.string().size() + 1);
    }

    fs::path folder_;
};

TEST(Ed25519Key, KnowsTheVectorsOfRfc8037) {
    const auto key = tests::known_key();
    EXPECT_EQ(key.x(), known_x);
    EXPECT_EQ(key.id(), known_id);
    const std::string_view text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
    const auto signature = key.sign(text);
    EXPECT_EQ(
        base64url(signature),
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    EXPECT_TRUE(key.verify(text, signature));
}

TEST(Ed25519Key, ThePublicHalfVerifiesAndDoesNotSign) {
    const auto key = Ed25519Key::from_pem(known_public_pem);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->id(), known_id);
    EXPECT_FALSE(key->can_sign());
    const auto signature = tests::known_key().sign("text");
    EXPECT_TRUE(key->verify("text", signature));
    EXPECT_FALSE(key->verify("texT", signature));
    EXPECT_FALSE(key->verify("text", signature.substr(1)));
    EXPECT_FALSE(key->verify("text", ""));
    EXPECT_FALSE(tests::fresh_key().verify("text", signature));
}

TEST(KeySet, FirstSignsAllAreFoundAndShown) {
    const auto fresh = tests::fresh_key();
    const auto keys = tests::key_set({tests::known_key(), fresh});
    EXPECT_EQ(keys->signing().id(), known_id);
    EXPECT_EQ(keys->find(fresh.id())->id(), fresh.id());
    EXPECT_EQ(keys->find("unknown"), nullptr);
    EXPECT_EQ(keys->find(""), nullptr);
    EXPECT_EQ(tests::key_set({tests::known_key()})->jwks(),
              std::string(R"({"keys":[{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA",)") +
                  R"("kid":")" + known_id + R"(","x":")" + known_x + R"("}]})");
    EXPECT_NE(keys->jwks().find("},{"), std::string::npos);
    EXPECT_EQ(keys->jwks().find("\"d\""), std::string::npos);
}

TEST_F(KeyFiles, LoadTheSigningOneFirst) {
    const auto fresh = put("fresh.pem", fresh_key_pem());
    const auto shared = put("shared.pem", known_public_pem, 0644);
    const auto keys = load_keys({fresh, shared});
    ASSERT_TRUE(keys);
    EXPECT_NE(keys->signing().id(), known_id);
    EXPECT_NE(keys->find(known_id), nullptr);
}

TEST_F(KeyFiles, AreRefusedByName) {
    const auto good = put("good.pem", fresh_key_pem());
    const auto rsa_frame =
        std::string("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n");
    const auto open = " is a private key that anybody may touch: chmod 600";
    const auto none = " holds no Ed25519 key in PEM";
    EXPECT_EQ(fault({good}), "");
    EXPECT_EQ(fault({put("group.pem", fresh_key_pem(), 0640)}), "");
    EXPECT_EQ(fault({put("open.pem", fresh_key_pem(), 0644)}), "open.pem" + std::string(open));
    EXPECT_EQ(fault({good, put("w.pem", fresh_key_pem(), 0602)}), "w.pem" + std::string(open));
    EXPECT_EQ(fault({put("empty.pem", "")}), "empty.pem" + std::string(none));
    EXPECT_EQ(fault({put("text.pem", "a secret")}), "text.pem" + std::string(none));
    EXPECT_EQ(fault({put("other.pem", rsa_frame)}), "other.pem" + std::string(none));
    EXPECT_EQ(fault({put("large.pem", std::string(16 * 1024 + 1, ' '))}),
              "large.pem cannot be read");
    EXPECT_EQ(fault({folder_ / "missing.pem"}), "missing.pem cannot be read");
    EXPECT_EQ(fault({put("public.pem", known_public_pem)}), "the first key is not a private one");
    EXPECT_EQ(fault({}), "there is no key");
    EXPECT_EQ(fault({good, good}).substr(0, 8), "the key ");
    std::vector<fs::path> many;
    for (int i = 0; i < 9; ++i)
        many.push_back(put(std::to_string(i), fresh_key_pem()));
    EXPECT_EQ(fault(many), "more than 8 keys");
}

TEST_F(KeyFiles, WhereNothingIsSignedPublicHalvesAreEnough) {
    const auto keys = load_keys({put("public.pem", known_public_pem, 0644)}, KeyUse::verify);
    ASSERT_TRUE(keys) << keys.problem().detail;
    EXPECT_NE(keys->find(known_id), nullptr);
    EXPECT_FALSE(load_keys({}, KeyUse::verify));
}

TEST_F(KeyFiles, OtherKindsOfKeysAreNone) {
    // An X25519 key: the same size, another purpose.
    const auto x25519 = put("x.pem",
                            "-----BEGIN PRIVATE KEY-----\n"
                            "MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                            "-----END PRIVATE KEY-----\n");
    EXPECT_EQ(fault({x25519}), "x.pem holds no Ed25519 key in PEM");
    EXPECT_NE(fault({folder_ / "."}), "");
}

}  // namespace
}  // namespace itn::identity
