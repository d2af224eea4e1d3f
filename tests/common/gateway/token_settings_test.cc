#include "common/gateway/token_settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace itn::gateway {
namespace {

namespace fs = std::filesystem;

class TokenSettingsTest : public testing::Test {
protected:
    TokenSettingsTest() { fs::create_directories(folder_); }
    ~TokenSettingsTest() override { fs::remove_all(folder_); }

    std::string key_file(const std::string& name, mode_t mode) const {
        const auto path = (folder_ / name).string();
        std::ofstream(path) << identity::fresh_key_pem();
        EXPECT_EQ(chmod(path.c_str(), mode), 0);
        return path;
    }
    /// What load() says, "" when it is content.
    static std::string trouble(const std::string& files,
                               identity::KeyUse use = identity::KeyUse::sign) {
        runtime::Config config("itn-test", "Tests.");
        TokenSettings settings(config);
        const char* arguments[] = {"itn-test", "--token-keys", files.c_str()};
        std::ostringstream out;
        EXPECT_EQ(config.parse(3, arguments, out, out), std::nullopt) << out.str();
        try {
            return settings.load(use) ? "" : "nothing";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    const fs::path folder_ = fs::temp_directory_path() / ("itn-keys-" + std::to_string(getpid()));
};

TEST_F(TokenSettingsTest, TheFirstOfSeveralFilesSigns) {
    EXPECT_EQ(trouble(key_file("a.pem", 0600) + "," + key_file("b.pem", 0640)), "");
}

TEST_F(TokenSettingsTest, AKeyThatOthersMayReadIsRefused) {
    const auto path = key_file("open.pem", 0644);
    EXPECT_NE(trouble(path).find(path), std::string::npos);
    EXPECT_NE(trouble(path, identity::KeyUse::verify).find("chmod 600"), std::string::npos);
}

TEST_F(TokenSettingsTest, WithoutAKeyThereIsNoStart) {
    runtime::Config config("itn-test", "Tests.");
    EXPECT_THROW(TokenSettings(config).load(identity::KeyUse::sign), std::runtime_error);
    EXPECT_NE(trouble((folder_ / "missing.pem").string()), "");
}

}  // namespace
}  // namespace itn::gateway
