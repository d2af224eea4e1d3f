// ./itn itself: what `up` starts, with a state of its own beside whatever runs here, is where
// `status --env` says, lets in whom it says, takes no password that is on its list, changes its key
// without anybody's notice, shows nobody a password, and is reached from this machine alone.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/https_client.h"
#include "tests/support/child.h"
#include "tests/support/process.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;
using Variables = std::map<std::string, std::string>;

constexpr const char* script = ITN_SOURCE_DIR "/itn";

Ran itn(std::vector<std::string> words) {
    words.insert(words.begin(), script);
    return run_program(words);
}

/// NAME='value' in lines.
Variables assignments(const std::string& text) {
    static const std::regex assignment("(\\w+)='?([^']*)'?");
    Variables all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        EXPECT_TRUE(std::regex_match(line, match, assignment)) << line;
        all[match[1]] = match[2];
    }
    return all;
}

std::uint16_t port_in(const std::string& url) {
    static const std::regex port(":(\\d+)(/|$)");
    std::smatch match;
    EXPECT_TRUE(std::regex_search(url, match, port)) << url;
    return static_cast<std::uint16_t>(std::stoi(match[1]));
}

std::string login_of(const Variables& known) {
    return json{{"email", known.at("ITN_ADMIN_EMAIL")},
                {"password", known.at("ITN_ADMIN_PASSWORD")}}
        .dump();
}

const Headers json_type = {{"Content-Type", "application/json"}};

/// Signed in as the administrator, at the api itself.
std::string token_of(const Variables& known) {
    const auto answer = HttpClient(port_in(known.at("ITN_URL")), 20s)
                            .request("POST", "/api/auth/login", login_of(known), json_type);
    EXPECT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
    return answer ? json::parse(answer->body).value("accessToken", "") : "";
}

class ItnTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        std::string directory = (fs::temp_directory_path() / "itn-up-XXXXXX").string();
        ASSERT_NE(mkdtemp(directory.data()), nullptr);
        state_ = directory;
        setenv("ITN_STATE_DIR", state_.c_str(), 1);
        setenv("ITN_BUILD_DIR", build_.c_str(), 1);
        setenv("ITN_PORTS", "any", 1);
        // An `up` that outlives this program is left to end first: reset would be refused.
        reset_ = std::make_unique<Reaper>(R"(flock "$2/up.lock" true; exec "$1" reset)",
                                          std::vector<std::string>{script, state_});
    }
    static void TearDownTestSuite() {
        reset_.reset();
        EXPECT_TRUE(eventually([] { return !fs::exists(state_); }, 60s));
    }
    void SetUp() override {
        ASSERT_TRUE(reset_) << "there is no state of its own";
        const fs::path release = build_ / "release";
        ASSERT_TRUE(fs::exists(release / "build.ninja"))
            << script << " would build everything once more in " << release
            << ": build this test there, cmake --preset release -B " << release;
    }

    /// Once more, with these words besides.
    static void up(std::vector<std::string> words = {}) {
        words.insert(words.begin(), {"up", "--no-demo"});
        const Ran ran = itn(words);
        ASSERT_EQ(ran.code, 0) << ran.output;
    }

    static Variables printed() {
        const Ran ran = itn({"status", "--env"});
        EXPECT_EQ(ran.code, 0) << ran.output;
        return assignments(ran.output);
    }
    static void make_next_key() {
        fs::create_directories(state_ / "keys");
        const Ran made = run_program({"openssl", "genpkey", "-algorithm", "ed25519", "-out",
                                      (state_ / "keys/next.pem").string()});
        ASSERT_EQ(made.code, 0) << made.output;
    }
    static inline const fs::path build_ = fs::path(ITN_BIN_DIR "/../..").lexically_normal();
    static inline fs::path state_;
    static inline std::unique_ptr<Reaper> reset_;
};

TEST_F(ItnTest, status_prints_what_answers) {
    up();
    const Variables known = printed();
    EXPECT_FALSE(known.contains("ITN_GATEWAY_URL")) << "there is none yet";
    EXPECT_FALSE(known.contains("ITN_CA_FILE"));
    WsClient feed(port_in(known.at("ITN_WS_URL")), "/api/updates/real-time", 20s);
    feed.send_text(json{{"authorize", token_of(known)}}.dump());
    EXPECT_EQ(json::parse(feed.read_text()).value("type", ""), "hello");

    pqxx::connection database(known.at("ITN_DATABASE_URL"));
    EXPECT_EQ(pqxx::nontransaction(database)
                  .exec("SELECT rolname FROM pg_roles WHERE rolname LIKE 'itn\\_%' AND "
                        "(rolconnlimit < 1 OR rolsuper OR rolcreaterole OR rolcreatedb)")
                  .size(),
              0)
        << "a component that takes all connections, or more than it needs";
    const Ran users =
        run_program({"curl", "-fsS", known.at("ITN_RABBITMQ_MANAGEMENT_URL") + "/api/users"});
    std::set<std::string> names;
    const json told = json::parse(users.output, nullptr, false);
    for (const json& user : told)
        names.insert(user.at("name"));
    EXPECT_EQ(names,
              (std::set<std::string>{"itn", "itn_api", "itn_cargo", "itn_ingress", "itn_inventory",
                                     "itn_migrate", "itn_notifier", "itn_trade"}))
        << users.output;
}

TEST_F(ItnTest, nobody_chooses_what_everybody_would_guess) {
    up();
    std::vector<std::string> long_enough;
    std::ifstream file(state_ / "common-passwords");
    for (std::string line; std::getline(file, line);)
        if (line.size() >= 8 && !line.starts_with('#')) long_enough.push_back(line);
    ASSERT_GE(long_enough.size(), 3'000U);
    HttpClient client(port_in(printed().at("ITN_URL")), 20s);
    for (const std::string& common :
         {long_enough.front(), long_enough[2'999], long_enough.back()}) {
        const json wish = {{"name", "Guess"}, {"email", "guess@itn.example"}, {"password", common}};
        const auto answer = client.request("POST", "/api/auth/register", wish.dump(), json_type);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 422) << common;
        EXPECT_NE(answer->body.find("anybody would guess"), std::string::npos) << answer->body;
    }
}

// As README.md has it.
TEST_F(ItnTest, a_key_is_changed_by_swapping_names) {
    const fs::path signing = state_ / "keys/signing.pem", next = state_ / "keys/next.pem";
    make_next_key();
    up();
    const Variables known = printed();
    const auto header_of = [](const std::string& token) {
        return token.substr(0, token.find('.'));
    };
    const auto process = [] {
        std::string word;
        std::ifstream(state_ / "run/api.pid") >> word;
        return word;
    };
    const std::string before = token_of(known), first = process();
    up();
    EXPECT_EQ(process(), first) << "nothing changed";
    fs::rename(signing, state_ / "swap");
    fs::rename(next, signing);
    fs::rename(state_ / "swap", next);
    up();
    EXPECT_NE(process(), first);
    EXPECT_NE(header_of(token_of(known)), header_of(before)) << "another key signs";
    const auto kept =
        HttpClient(port_in(known.at("ITN_URL")), 20s)
            .request("GET", "/api/users/me", {}, {{"Authorization", "Bearer " + before}});
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->status, 200) << kept->body;
}

TEST_F(ItnTest, the_gateway_that_status_prints_lets_people_in) {
    make_next_key();
    up({"--gateway"});
    const Variables known = printed();
    const std::string url = known.at("ITN_GATEWAY_URL"), ca = known.at("ITN_CA_FILE");
    ASSERT_TRUE(url.starts_with("https://localhost:")) << url;
    HttpsClient client(port_in(url), ca);
    const HttpsReply signed_in = client.request("POST", "/api/auth/login", login_of(known));
    ASSERT_EQ(signed_in.status, 200) << signed_in.body;
    Headers headers = {
        {"Authorization",
         "Bearer " + json::parse(signed_in.body).at("accessToken").get<std::string>()}};
    EXPECT_EQ(client.request("GET", "/api/users/me", {}, headers).status, 200);
    const HttpsReply keys = client.request("GET", "/.well-known/jwks.json");
    EXPECT_EQ(json::parse(keys.body).at("keys").size(), 2U) << "the one that is to come is known";
    headers.emplace_back("Accept", "text/event-stream");
    const auto is_unheard = [](const std::string& all) { return all.find("\n\n") == all.npos; };
    EXPECT_EQ(client.stream("/api/updates/real-time", headers, is_unheard).status, 200);
    EXPECT_EQ(client.request("GET", "/metrics").status, 404);
    HttpsClient distrustful(port_in(url), "/etc/ssl/certs/ca-certificates.crt");
    EXPECT_EQ(distrustful.request("GET", "/healthz").status, 0) << "its certificate is its own";

    // As README.md has it.
    const auto ctl = [&](std::vector<std::string> words) {
        words.insert(words.begin(),
                     {"/usr/bin/env", "-u", "ITN_DATABASE_URL", "ITN_URL=" + url, "ITN_WS_URL=",
                      "ITN_CA_FILE=" + ca, "ITN_PASSWORD=" + known.at("ITN_ADMIN_PASSWORD"),
                      "XDG_STATE_HOME=" + (state_ / "nobody").string(), ITN_BIN_DIR "/itnctl"});
        return run_program(words);
    };
    const Ran login = ctl({"login", "--email", known.at("ITN_ADMIN_EMAIL")});
    EXPECT_EQ(login.code, 0) << login.output;
    const Ran whoami = ctl({"whoami", "--json"});
    EXPECT_EQ(whoami.code, 0) << whoami.output;
    EXPECT_NE(whoami.output.find("admin"), std::string::npos) << whoami.output;
}

TEST_F(ItnTest, this_machine_alone_reaches_it) {
    up();
    std::stringstream text;
    text << std::ifstream(state_ / "ports.env").rdbuf();
    int listeners = 0;
    for (const auto& [name, port] : assignments(text.str())) {
        EXPECT_GT(port.size(), 4U) << name << " takes a usual port from whoever works here";
        const Ran ran = run_program({"ss", "-Hltn", "sport = :" + port});
        std::istringstream in(ran.output);
        for (std::string line; std::getline(in, line); ++listeners) {
            const bool is_loopback = line.find(" 127.0.0.1:" + port) != line.npos ||
                                     line.find(" [::1]:" + port) != line.npos;
            EXPECT_TRUE(is_loopback) << name << ": " << line;
        }
    }
    EXPECT_GE(listeners, 10);
}

/// Programs that `up` runs, but with their words written down.
void write_shims(const fs::path& directory, const fs::path& log) {
    fs::create_directories(directory);
    for (const std::string name : {"curl", "env", "nice", "openssl", "psql", "setsid"}) {
        std::ofstream(directory / name) << "#!/bin/sh\nprintf '%s\\n' \"$0 $*\" >>" << log
                                        << "\nexec /usr/bin/" << name << " \"$@\"\n";
        fs::permissions(directory / name, fs::perms::owner_all);
    }
}

// Everybody on a machine may read the arguments of everybody's processes.
TEST_F(ItnTest, no_password_is_an_argument) {
    up();
    ASSERT_EQ(itn({"down"}).code, 0);
    const fs::path log = state_ / "words";
    write_shims(state_ / "shims", log);
    const std::string before = getenv("PATH");
    setenv("PATH", ((state_ / "shims").string() + ":" + before).c_str(), 1);
    // As from `status --env`, which a person's shell may export.
    setenv("ITN_ADMIN_PASSWORD", "told to a shell", 1);
    up();
    unsetenv("ITN_ADMIN_PASSWORD");
    setenv("PATH", before.c_str(), 1);
    std::stringstream words, secrets;
    words << std::ifstream(log).rdbuf();
    secrets << std::ifstream(state_ / "secrets.env").rdbuf();
    EXPECT_NE(words.str().find("/itn-api"), std::string::npos) << words.str();
    const Variables all = assignments(secrets.str());
    EXPECT_GE(all.size(), 10U);
    for (const auto& [name, secret] : all)
        EXPECT_EQ(words.str().find(secret), std::string::npos) << name << ": " << words.str();
    for (const std::string name : {"api", "ingress", "trade-worker", "notifier"}) {
        std::string pid;
        std::ifstream(state_ / "run" / (name + ".pid")) >> pid;
        std::stringstream environment;
        environment << std::ifstream("/proc/" + pid + "/environ").rdbuf();
        EXPECT_NE(environment.str().find("ITN_DATABASE_URL="), std::string::npos) << name;
        EXPECT_EQ(environment.str().find("told to a shell"), std::string::npos) << name;
    }
}

TEST_F(ItnTest, sbom_has_the_packages_that_the_programs_load) {
    const Ran ran = itn({"sbom"});
    ASSERT_EQ(ran.code, 0) << ran.output;
    const json bill = json::parse(ran.output, nullptr, false);
    EXPECT_EQ(bill.value("bomFormat", ""), "CycloneDX") << ran.output;
    EXPECT_EQ(bill.value("specVersion", ""), "1.4");
    std::map<std::string, json> found;
    for (const json& component : bill.at("components"))
        found[component.at("name")] = component;
    const auto pqxx = std::ranges::find_if(found, [](const auto& one) {
        return one.first.starts_with("libpqxx-") && one.first != "libpqxx-dev";
    });
    ASSERT_NE(pqxx, found.end()) << ran.output;
    for (const std::string& name :
         {pqxx->first, std::string("libssl3"), std::string("nlohmann-json3-dev")}) {
        ASSERT_TRUE(found.contains(name)) << ran.output;
        const Ran known = run_program({"dpkg-query", "-W", "-f=${Version}", name});
        EXPECT_EQ(found[name].value("version", ""), known.output);
        EXPECT_TRUE(found[name].value("purl", "").starts_with("pkg:deb/debian/" + name + "@"))
            << found[name];
    }
}

TEST_F(ItnTest, down_ends_it_and_status_says_so) {
    up();
    const Ran status = itn({"status"});
    EXPECT_EQ(status.code, 0) << status.output;
    const Ran down = itn({"down"});
    EXPECT_EQ(down.code, 0) << down.output;
    EXPECT_EQ(itn({"status"}).code, 3);
}

}  // namespace
}  // namespace itn::tests
