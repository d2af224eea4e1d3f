// How long what somebody shows at a door is good, over several processes: while keys are changed
// nobody notices, and who is disabled is out everywhere.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <thread>

#include "tests/e2e/system.h"
#include "tests/support/child.h"
#include "tests/support/process.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

/// Sends a request to whichever of the processes is there; 0 when none is.
int ask_any(const std::vector<std::uint16_t>& ports, std::size_t first, const Headers& headers) {
    for (std::size_t i = 0; i < ports.size(); ++i) {
        try {
            HttpClient client(ports[(first + i) % ports.size()], 5s);
            const auto reply = client.request("GET", "/api/trades?limit=1", {}, headers);
            if (reply) return reply->status;
        } catch (const std::system_error&) {
            continue;  // it is being restarted
        }
    }
    return 0;
}

/// Somebody who asks all the time, of one process after the other.
class Caller final {
public:
    Caller(std::vector<std::uint16_t> ports, const std::string& token)
        : thread_([this, ports = std::move(ports),
                   headers = System::as(token)](const std::stop_token& stop) {
              for (std::size_t i = 0; !stop.stop_requested(); ++i) {
                  ++(ask_any(ports, i, headers) == 200 ? served : refused);
                  rest();  // the rate is not what is tested
              }
          }) {}

    void expect_unhindered() const {
        EXPECT_TRUE(eventually([&] { return served > 100 || refused > 0; }));
        EXPECT_EQ(refused, 0) << "of " << served;
    }

private:
    std::atomic<int> served{0};
    std::atomic<int> refused{0};
    std::jthread thread_;
};

class TokensTest : public testing::Test {
protected:
    /// Two api processes and a notifier, on ports that they keep.
    static void SetUpTestSuite() {
        system_ = new System;
        for (std::uint16_t& port : ports_) {
            port = free_port();
            apis_.push_back(system_->start("itn-api", on_port(port)));
        }
        system_->stop("itn-api");
        notifier_ = 0;
    }
    static void TearDownTestSuite() { delete system_; }

    static System::Settings on_port(std::uint16_t port) {
        return {{"ITN_API_LISTEN", "127.0.0.1:" + std::to_string(port)},
                {"ITN_TOKEN_KEYS", keys_in(system_->directory())}};
    }
    /// As `./itn` reads the directory: the signing key first, then whichever else there is.
    static std::string keys_in(const fs::path& directory) {
        std::string list = directory / "signing.pem";
        if (fs::exists(directory / "next.pem")) list += "," + (directory / "next.pem").string();
        return list;
    }
    static void restart_api(std::size_t i) {
        system_->stop("itn-api", apis_[i]);
        apis_[i] = system_->start("itn-api", on_port(ports_[i]));
    }
    static void restart_notifier() {
        system_->stop("itn-notifier", notifier_);
        notifier_ = system_->start("itn-notifier",
                                   {{"ITN_TOKEN_KEYS", keys_in(system_->directory() + "/public")}});
    }
    static void restart_all() {
        restart_api(0);
        restart_api(1);
        restart_notifier();
    }

    static json of(std::uint16_t port, const std::string& method, const std::string& path,
                   const json& body = {}) {
        HttpClient client(port, 20s);
        const auto reply = client.request(method, path, body.is_null() ? "" : body.dump(),
                                          {{"Content-Type", "application/json"}});
        return reply ? json::parse(reply->body, nullptr, false) : json();
    }
    static json sign_in(std::uint16_t port) {
        return of(port, "POST", "/api/auth/login",
                  {{"email", "admin@itn.example"}, {"password", System::password}});
    }
    /// The ids of the keys that this process publishes, in their order.
    static std::vector<std::string> published(std::uint16_t port) {
        std::vector<std::string> ids;
        const json known = of(port, "GET", "/.well-known/jwks.json");
        for (const json& key : known.at("keys"))
            ids.push_back(key.at("kid"));
        return ids;
    }
    /// The same for all tokens of one key.
    static std::string head_of(const std::string& token) {
        return token.substr(0, token.find('.'));
    }
    static int status_at(std::uint16_t port, const std::string& token) {
        return ask_any({port}, 0, System::as(token));
    }
    /// 0 when the notifier lets it in, else the code it closes with.
    static int feed_closes(const std::string& token) {
        WsClient client(system_->notifier_port(), "/api/updates/real-time", 20s);
        client.send_text(json{{"authorize", token}}.dump());
        const auto frame = client.read_frame();
        if (!frame) return -1;
        return frame->opcode == ws_close_opcode ? frame->close_code() : 0;
    }
    static void expect_good_everywhere(const std::string& token, const std::string& when) {
        for (const auto port : ports_)
            EXPECT_EQ(status_at(port, token), 200) << when;
        EXPECT_EQ(feed_closes(token), 0) << when;
    }

    static System* system_;
    static std::vector<std::uint16_t> ports_;
    static std::vector<std::size_t> apis_;
    static std::size_t notifier_;
};

System* TokensTest::system_ = nullptr;
std::vector<std::uint16_t> TokensTest::ports_(2);
std::vector<std::size_t> TokensTest::apis_;
std::size_t TokensTest::notifier_ = 0;

TEST_F(TokensTest, who_is_disabled_is_out_everywhere_within_a_minute) {
    const std::string token = system_->add_user("castor", "trader");
    const json account = system_->get("/api/users/me", System::as(token)).body;
    const Answer made = system_->send("POST", "/api/keys", {{"name", "k"}, {"scopes", {"read"}}},
                                      System::as(token));
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string key = made.body.at("key");
    for (const auto& secret : {token, key})
        expect_good_everywhere(secret, "before");
    WsClient feed(system_->notifier_port(), "/api/updates/real-time", 60s);
    feed.send_text(json{{"authorize", token}}.dump());
    EXPECT_EQ(json::parse(feed.read_text()).value("type", ""), "hello");
    SseClient stream(system_->notifier_port(), "", System::as(key), 60s);
    ASSERT_TRUE(stream.read_event());

    const auto began = std::chrono::steady_clock::now();
    const std::string path = "/api/users/" + account.at("userId").get<std::string>() + "/status";
    ASSERT_EQ(system_->send("PUT", path, {{"disabled", true}}).status, 200);
    for (const auto port : ports_) {
        for (const auto& secret : {token, key})
            EXPECT_TRUE(eventually([&] { return status_at(port, secret) == 401; }, 60s));
    }
    EXPECT_EQ(feed.read_close(), 4401);
    EXPECT_TRUE(stream.ends());
    EXPECT_LT(std::chrono::steady_clock::now() - began, 60s);
    for (const auto& secret : {token, key})
        EXPECT_EQ(feed_closes(secret), 4401);
}

/// The signing key takes the other's name, and the other way round.
void swap_keys(const fs::path& directory) {
    fs::rename(directory / "signing.pem", directory / "last.pem");
    fs::rename(directory / "next.pem", directory / "signing.pem");
    fs::rename(directory / "last.pem", directory / "next.pem");
}

TEST_F(TokensTest, a_key_is_changed_while_everybody_works) {
    const fs::path home = system_->directory();
    const json session = sign_in(ports_[0]);
    const std::string old = session.at("accessToken");
    const std::string old_id = published(ports_[0]).at(0);
    std::optional<Caller> caller(std::in_place, ports_, old);

    // 1. The new key joins, one process after the other.
    system_->add_key("next");
    restart_all();
    const auto both = published(ports_[0]);
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both, published(ports_[1]));
    EXPECT_EQ(both[0], old_id) << "the first signs";
    EXPECT_EQ(head_of(sign_in(ports_[1]).at("accessToken")), head_of(old));
    expect_good_everywhere(old, "when the new key has joined");

    // 2. It signs. While some processes still sign with the old one, all know both.
    for (const auto& directory : {home, home / "public"})
        swap_keys(directory);
    restart_api(0);
    const std::string fresh = sign_in(ports_[0]).at("accessToken");
    EXPECT_NE(head_of(fresh), head_of(old));
    EXPECT_EQ(head_of(sign_in(ports_[1]).at("accessToken")), head_of(old));
    expect_good_everywhere(fresh, "at those that do not sign with it yet");
    restart_api(1);
    restart_notifier();
    for (const auto port : ports_)
        EXPECT_EQ(published(port), (std::vector<std::string>{both[1], both[0]}));
    expect_good_everywhere(fresh, "when all sign with it");
    expect_good_everywhere(old, "until it expires");
    caller->expect_unhindered();

    // 3. The old key goes, and what it signed with it.
    caller.emplace(ports_, fresh);
    for (const auto& directory : {home, home / "public"})
        fs::remove(directory / "next.pem");
    restart_all();
    for (const auto port : ports_) {
        EXPECT_EQ(published(port), std::vector<std::string>{both[1]});
        EXPECT_EQ(status_at(port, old), 401);
    }
    EXPECT_EQ(feed_closes(old), 4401);
    expect_good_everywhere(fresh, "when the old key is gone");
    caller->expect_unhindered();
    const json renewed =
        of(ports_[1], "POST", "/api/auth/refresh", {{"refreshToken", session.at("refreshToken")}});
    expect_good_everywhere(renewed.value("accessToken", "none"), "nobody signs in again");
}

}  // namespace
}  // namespace itn::tests
