#include "common/runtime/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace itn::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

/// A process with one setting of each kind, and a surrounding that is gone afterwards.
class ConfigTest : public testing::Test {
protected:
    ConfigTest() : config("itn-test", "Tests settings.") {
        config.secret("database-url", database_url, "Where Postgres is");
        config.integer("shards", shards, 1, 100, "Lanes per family");
        config.duration("patience", patience, 10ms, 1h, "How long to wait");
        config.flag("demo", demo, "Move by itself");
        config.choice("mode", mode, {"fast", "safe"}, "How");
        config.listen("listen", listen, "Where to listen");
        config.text("station", station, "Which station");
    }
    ~ConfigTest() override {
        for (const auto& name : variables)
            unsetenv(name.c_str());
        for (const auto& path : files)
            std::remove(path.c_str());
    }

    void set(const std::string& name, const std::string& value) {
        setenv(name.c_str(), value.c_str(), 1);
        variables.push_back(name);
    }
    std::string file(const std::string& content) {
        files.push_back(testing::TempDir() + "itn-config-" + std::to_string(getpid()) + "-" +
                        std::to_string(files.size()));
        std::ofstream(files.back()) << content;
        return files.back();
    }
    std::optional<int> parse(std::vector<const char*> arguments) {
        arguments.insert(arguments.begin(), "itn-test");
        out.str("");
        err.str("");
        return config.parse(static_cast<int>(arguments.size()), arguments.data(), out, err);
    }

    std::string database_url = "postgresql:///itn";
    std::uint16_t shards = 16;
    std::chrono::milliseconds patience = 5s;
    bool demo = false;
    std::string mode = "safe";
    Endpoint listen;
    std::string station;
    Config config;
    std::ostringstream out;
    std::ostringstream err;
    std::vector<std::string> variables;
    std::vector<std::string> files;
};

TEST_F(ConfigTest, DefaultsStandWhenNothingIsSaid) {
    EXPECT_EQ(parse({}), std::nullopt) << err.str();
    EXPECT_EQ(database_url, "postgresql:///itn");
    EXPECT_EQ(shards, 16);
    EXPECT_EQ(patience, 5s);
    EXPECT_FALSE(demo);
}

TEST_F(ConfigTest, FlagsSetEveryKind) {
    EXPECT_EQ(parse({"--shards", "4", "--patience=250ms", "--demo", "--mode", "fast",
                     "--listen=[::1]:81", "--station=ceres"}),
              std::nullopt)
        << err.str();
    EXPECT_EQ(shards, 4);
    EXPECT_EQ(patience, 250ms);
    EXPECT_TRUE(demo);
    EXPECT_EQ(mode, "fast");
    EXPECT_EQ(listen, (Endpoint{.host = "::1", .port = 81}));
    EXPECT_EQ(station, "ceres");
}

TEST_F(ConfigTest, ADoorThatKnowsNobodyStaysOnLoopback) {
    Endpoint door;
    config.listen_on_loopback("door", door, "Where clients connect");
    EXPECT_EQ(parse({"--door=127.0.0.1:81"}), std::nullopt) << err.str();
    EXPECT_EQ(door.port, 81);
    EXPECT_EQ(parse({"--door=0.0.0.0:81"}), 2);
    EXPECT_NE(err.str().find("must be a loopback address"), std::string::npos) << err.str();
    EXPECT_EQ(parse({"--listen=0.0.0.0:81"}), std::nullopt) << "others may listen anywhere";
}

TEST_F(ConfigTest, AddressesComeInOneForm) {
    std::vector<std::string> proxies;
    config.addresses("proxies", proxies, "Whom to believe");
    EXPECT_EQ(parse({"--proxies= ::ffff:10.0.0.7, 2001:DB8::1 ,,127.0.0.1"}), std::nullopt)
        << err.str();
    EXPECT_EQ(proxies, (std::vector<std::string>{"10.0.0.7", "2001:db8::1", "127.0.0.1"}));
    EXPECT_EQ(parse({"--print-config"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("proxies = \"10.0.0.7,2001:db8::1,127.0.0.1\"\n"));
    for (const char* wrong : {"10.0.0.0/8", "gateway", "10.0.0.7:80"}) {
        EXPECT_EQ(parse({("--proxies=127.0.0.1," + std::string(wrong)).c_str()}), 2);
        EXPECT_THAT(err.str(), HasSubstr("--proxies"));
        EXPECT_THAT(err.str(), HasSubstr(std::string(wrong) + " is none"));
    }
    set("ITN_PROXIES", "127.0.0.1;::1");
    EXPECT_EQ(parse({}), 2);
    EXPECT_EQ(err.str(),
              "itn-test: ITN_PROXIES must be numeric addresses with commas between: 127.0.0.1;::1 "
              "is none\n");
}

TEST_F(ConfigTest, FlagBeatsEnvironmentBeatsFileBeatsDefault) {
    const auto path = file("shards = 2\nmode = \"fast\"\ndemo = true\nstation = \"vesta\"\n");
    const auto config_flag = "--config=" + path;
    EXPECT_EQ(parse({config_flag.c_str()}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 2);
    EXPECT_EQ(mode, "fast");
    EXPECT_TRUE(demo);
    set("ITN_SHARDS", "3");
    set("ITN_DEMO", "false");
    EXPECT_EQ(parse({config_flag.c_str()}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 3);
    EXPECT_FALSE(demo);
    EXPECT_EQ(parse({config_flag.c_str(), "--shards=4"}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 4);
    EXPECT_EQ(station, "vesta");
}

TEST_F(ConfigTest, TheFileMayBeNamedByTheEnvironment) {
    set("ITN_CONFIG", file("shards = 7\n"));
    EXPECT_EQ(parse({}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 7);
}

TEST_F(ConfigTest, AnEmptyVariableIsUnset) {
    set("ITN_SHARDS", "");
    EXPECT_EQ(parse({}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 16);
}

TEST_F(ConfigTest, SecretsAreNoFlags) {
    const std::string secret = "postgresql://itn:hunter2@db/itn";
    for (const auto& words : {std::vector<std::string>{"--database-url=" + secret},
                              {"--database-url", secret},
                              {"--shards=4", "--database-url"}}) {
        std::vector<const char*> arguments;
        for (const auto& word : words)
            arguments.push_back(word.c_str());
        EXPECT_EQ(parse(arguments), 2);
        EXPECT_THAT(err.str(), HasSubstr("set ITN_DATABASE_URL, or ITN_DATABASE_URL_FILE"));
        EXPECT_THAT(err.str(), Not(HasSubstr("hunter2")));
        EXPECT_EQ(database_url, "postgresql:///itn");
    }
    EXPECT_EQ(parse({"--help"}), 0);
    EXPECT_THAT(out.str(), Not(HasSubstr("--database-url")));
    EXPECT_THAT(out.str(), HasSubstr("  database-url\n      Where Postgres is "
                                     "[ITN_DATABASE_URL, ITN_DATABASE_URL_FILE]\n"));
    const auto settings = "--config=" + file("database-url = \"" + secret + "\"\n");
    EXPECT_EQ(parse({settings.c_str()}), std::nullopt) << err.str();
    EXPECT_EQ(database_url, secret);
    set("ITN_DATABASE_URL", "postgresql:///other");
    EXPECT_EQ(parse({settings.c_str()}), std::nullopt) << err.str();
    EXPECT_EQ(database_url, "postgresql:///other") << "the environment goes before the file";
}

TEST_F(ConfigTest, SecretsMayStandInAFileOfTheirOwn) {
    set("ITN_DATABASE_URL_FILE", file("postgresql://itn:deep secret@db/itn\n"));
    EXPECT_EQ(parse({}), std::nullopt) << err.str();
    EXPECT_EQ(database_url, "postgresql://itn:deep secret@db/itn");
    set("ITN_DATABASE_URL", "postgresql:///other");
    EXPECT_EQ(parse({}), 2);
    EXPECT_THAT(err.str(), HasSubstr("both ITN_DATABASE_URL and ITN_DATABASE_URL_FILE"));
}

TEST_F(ConfigTest, AMissingSecretFileIsAnError) {
    set("ITN_DATABASE_URL_FILE", "/nonexistent/secret");
    EXPECT_EQ(parse({}), 2);
    EXPECT_THAT(err.str(), HasSubstr("ITN_DATABASE_URL_FILE: cannot read /nonexistent/secret"));
}

TEST_F(ConfigTest, WhatIsUnknownOrOutOfRangeIsAnError) {
    for (const auto* flag : {"--shards=0", "--shards=101", "--shards=4x", "--shards=",
                             "--patience=5", "--patience=2h", "--patience=-1s", "--mode=slow",
                             "--listen=host:80", "--demo=maybe", "--shard=4", "stray"}) {
        EXPECT_EQ(parse({flag}), 2) << flag;
        EXPECT_NE(err.str(), "") << flag;
    }
    const auto unknown = "--config=" + file("shrads = 4\n");
    EXPECT_EQ(parse({unknown.c_str()}), 2);
    EXPECT_THAT(err.str(), HasSubstr("shrads"));
    const auto wrong = "--config=" + file("shards = 400\n");
    EXPECT_EQ(parse({wrong.c_str()}), 2);
    EXPECT_EQ(parse({"--config=/nonexistent.toml"}), 2);
}

TEST_F(ConfigTest, AFaultInTheEnvironmentNamesTheVariable) {
    set("ITN_SHARDS", "many");
    EXPECT_EQ(parse({}), 2);
    EXPECT_EQ(err.str(), "itn-test: ITN_SHARDS must be a whole number in 1..100\n");
}

TEST_F(ConfigTest, PrintConfigMasksSecretsAndCanBeReadBack) {
    set("ITN_DATABASE_URL", "postgresql://itn:hunter2@db/itn");
    EXPECT_EQ(parse({"--shards=4", "--demo", "--station=a\"b\\c", "--print-config"}), 0);
    const auto printed = out.str();
    EXPECT_THAT(printed, Not(HasSubstr("hunter2")));
    EXPECT_THAT(printed, HasSubstr("database-url = \"postgresql://itn:***@db/itn\"\n"));
    EXPECT_THAT(printed, HasSubstr("patience = \"5s\"\n"));
    shards = 16;
    demo = false;
    const auto again = "--config=" + file(printed);
    EXPECT_EQ(parse({again.c_str()}), std::nullopt) << err.str();
    EXPECT_EQ(shards, 4);
    EXPECT_TRUE(demo);
}

TEST_F(ConfigTest, CheckHelpAndVersionLeaveWithZero) {
    EXPECT_EQ(parse({"--check-config"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("valid"));
    EXPECT_EQ(parse({"--version"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("itn-test 0."));
    EXPECT_EQ(parse({"--help"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("Tests settings."));
    EXPECT_THAT(out.str(), HasSubstr("[ITN_SHARDS]"));
    EXPECT_THAT(out.str(), HasSubstr("1..100"));
}

TEST(Masked, HidesPasswordsOnly) {
    EXPECT_EQ(masked(""), "");
    EXPECT_EQ(masked("token"), "***");
    EXPECT_EQ(masked("amqp://itn:p%40ss@127.0.0.1:5672/itn"), "amqp://itn:***@127.0.0.1:5672/itn");
    EXPECT_EQ(masked("amqp://itn:a@b@127.0.0.1/itn"), "amqp://itn:***@127.0.0.1/itn");
    EXPECT_EQ(masked("postgresql:///itn"), "postgresql:///itn");
    EXPECT_EQ(masked("postgresql://itn@db:5432/itn"), "postgresql://itn@db:5432/itn");
    EXPECT_EQ(masked("postgresql://itn:a/b@db/itn"), "***");
    EXPECT_EQ(masked("postgresql://db/itn?password=x"), "***");
}

TEST(Duration, ReadsAndWrites) {
    for (const auto* text : {"0s", "250ms", "5s", "90s", "2m", "1h", "7d"}) {
        const auto duration = parse_duration(text);
        ASSERT_TRUE(duration.has_value()) << text;
        EXPECT_EQ(print_duration(*duration), text);
    }
    for (const auto* text : {"", "5", "s", "5 s", "-5s", "5.5s", "5w", "99999999999999999d"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace itn::runtime
