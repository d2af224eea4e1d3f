// A database that goes away in the middle, over the real parts: whom nobody can judge is not let
// in.

#include <atomic>
#include <functional>
#include <thread>

#include "tests/e2e/bad_input.h"
#include "tests/support/private_postgres.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

/// Asks all the time, and knows what was let through since the database went.
class Crowd final {
public:
    explicit Crowd(std::function<int()> ask)
        : thread_([this, ask = std::move(ask)](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  const bool was_away = is_away;
                  const int status = ask();
                  if (!was_away) continue;
                  (status == 503 ? refused : let_in) += 1;
              }
          }) {}

    std::atomic<bool> is_away{false};
    std::atomic<int> refused{0};
    std::atomic<int> let_in{0};

private:
    std::jthread thread_;
};

TEST_F(BadInputTest, without_the_database_nobody_comes_in) {
    const std::string key = vega_.key("away");
    const json login = {{"email", "nova@itn.example"}, {"password", System::password}};
    const auto sign_in = [&] {
        return system_->send("POST", "/api/auth/login", login, System::as(""));
    };
    const auto read = [&] { return nova_.get("/api/trades"); };
    const std::pair<const char*, std::function<Answer()>> rows[] = {
        {"a read", read},
        {"one's own account", [&] { return nova_.get("/api/users/me"); }},
        {"a sign-in", sign_in},
        {"a new key",
         [&] {
             return nova_.send("POST", "/api/keys", {{"name", "x"}, {"scopes", {"read"}}});
         }},
        {"a ticket", [&] { return nova_.send("POST", "/api/updates/ticket", {}); }},
        {"a key that was not seen before",
         [&] {
             return system_->send("POST", "/api/trades",
                                  system_->trade_body("ceres", "europa", "ice", 1),
                                  System::as(key));
         }},
        {"the catalogue",
         [&] {
             return system_->send("DELETE", "/api/stations/pallas", {}, {{"If-Match", "\"v1\""}});
         }},
    };
    Crowd crowd([&] { return nova_.get("/api/trades?limit=1").status; });
    private_postgres().stop();
    crowd.is_away = true;
    for (const auto& [what, ask] : rows) {
        const auto began = std::chrono::steady_clock::now();
        const Answer answer = ask();
        EXPECT_EQ(answer.status, 503) << what << answer.body;
        EXPECT_TRUE(answer.headers.contains("retry-after")) << what;
        EXPECT_LT(std::chrono::steady_clock::now() - began, 5s) << what;
        expect_discreet(answer);
    }
    WsClient stranger(system_->notifier_port());
    stranger.send_text(json{{"authorize", key}}.dump());
    EXPECT_EQ(stranger.read_close(), 1013);
    EXPECT_TRUE(eventually([&] { return crowd.refused > 20; }));
    EXPECT_EQ(crowd.let_in, 0);
    crowd.is_away = false;
    private_postgres().start();
    EXPECT_TRUE(eventually([&] { return read().status == 200; }, 30s));
    EXPECT_TRUE(eventually([&] { return sign_in().status == 200; }, 30s));
    EXPECT_EQ(count("station WHERE id = 'pallas'"), 1);
    EXPECT_EQ(count("api_key WHERE name = 'x'"), 0);
}

}  // namespace
}  // namespace itn::tests
