// What may stand in a request and what may not, over the real parts: each wrong thing is told from
// the others, and none of them has an effect.

#include <fstream>
#include <tuple>

#include "tests/e2e/bad_input.h"
#include "tests/e2e/forger.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

struct Row {
    std::string what;
    std::string body;
    int status = 400;
    std::string slug = "invalid_json";
    std::string pointer{};
};

std::string quantity(const std::string& text, const std::string& product = "ice") {
    return R"({"tradeType":"buy","seller":"ceres","buyer":"europa","items":[{"productId":")" +
           product + R"(","quantity":)" + text + "}]}";
}

std::string changed(const std::string& pointer, const json& value) {
    auto body = json::parse(quantity("1"));
    body[json::json_pointer(pointer)] = value;
    return body.dump();
}

std::vector<Row> no_json() {
    const auto good = quantity("1");
    return {
        {"empty", ""},
        {"malformed", "{\"tradeType\":"},
        {"truncated", good.substr(0, good.size() - 2)},
        {"a BOM", "\xEF\xBB\xBF" + good},
        {"bad UTF-8", std::string(good).replace(good.find("ceres"), 1, "\xff")},
        {"a NUL", good + std::string(1, '\0')},
        {"an escaped NUL", std::string(good).replace(good.find("ceres"), 1, "\\u0000")},
        {"a name twice", R"({"seller":"vesta",)" + good.substr(1)},
        {"trailing bytes", good + "x"},
        {"two values", good + good},
        {"depth 1000", std::string(1'000, '[') + std::string(1'000, ']')},
        {"65 KiB", std::string(65 * 1024, ' '), 413, "content_too_large"},
    };
}

std::vector<Row> no_wishes() {
    const std::string bad = "invalid_request", range = "out_of_range";
    const std::string at = "#/items/0/quantity";
    return {
        {"an array", "[]", 400, bad},
        {"an unknown field", changed("/colour", "red"), 400, bad, "#/colour"},
        {"a role", changed("/role", "admin"), 400, bad, "#/role"},
        {"a principal", changed("/principal", "system"), 400, bad, "#/principal"},
        {"a price", changed("/items/0/unitPrice", 1), 400, bad, "#/items/0/unitPrice"},
        {"a status", changed("/status", "completed"), 400, bad, "#/status"},
        {"a time", changed("/issuedAt", "2020-01-01T00:00:00Z"), 400, bad, "#/issuedAt"},
        {"quantity 0", quantity("0"), 422, range, at},
        {"quantity -1", quantity("-1"), 422, range, at},
        {"quantity 2^63", quantity("9223372036854775808"), 400, bad, at},
        {"quantity 1e3", quantity("1e3"), 400, bad, at},
        {"quantity 1.5", quantity("1.5"), 400, bad, at},
        {"quantity as text", quantity("\"5\""), 400, bad, at},
        {"quantity null", quantity("null"), 400, bad, at},
        {"price times quantity", quantity("1000000000000", "star"), 422, range, at},
        {"from a station to itself", changed("/buyer", "ceres"), 422, "same_station", "#/buyer"},
        {"an unknown station", changed("/buyer", "x"), 422, "unknown_station", "#/buyer"},
        {"an unknown product", quantity("1", "tea"), 422, "unknown_product", "#/items/0/productId"},
        {"SQL", changed("/seller", "'; DROP TABLE trade--"), 400, bad, "#/seller"},
        {"an emoji", changed("/seller", "\xF0\x9F\x9A\x80"), 400, bad, "#/seller"},
    };
}

TEST_F(BadInputTest, nothing_that_is_wrong_has_an_effect) {
    const std::string outcomes = "outcome WHERE principal = '" + nova_.principal + "'";
    const auto before = count(outcomes);
    auto rows = no_json();
    for (const Row& row : no_wishes())
        rows.push_back(row);
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        const Answer answer = system_->send_text("POST", "/api/trades", row.body, nova_.with());
        EXPECT_EQ(answer.status, row.status) << answer.body;
        EXPECT_EQ(slug_of(answer), row.slug);
        EXPECT_EQ(row.pointer.empty() ? "" : pointer_of(answer), row.pointer) << answer.body;
        expect_discreet(answer);
    }
    // A good one behind them proves that nothing of them was still on its way.
    EXPECT_EQ(nova_.trade(1, waiting()).status, 201);
    EXPECT_EQ(count(outcomes), before + 1);
}

/// Every field of every body that a client may send, each with a value that is right.
std::vector<std::tuple<std::string, std::string, json>> good_bodies() {
    const std::string trade = "/api/trades/00000000-0000-7000-8000-00000000dead/status";
    const std::string user = "/api/users/00000000-0000-7000-8000-00000000dead";
    const json lines = {{{"productId", "ice"}, {"quantity", 1}}};
    const json place = {{"x", 1}, {"y", 2}, {"z", 3}};
    const json station = {{"name", "x"}, {"kind", "planet"}, {"position", place}};
    json product = {
        {"productId", "odd"}, {"name", "x"},    {"description", "x"}, {"category", "x"},
        {"brand", "x"},       {"unitPrice", 1}, {"unitVolume", 1},    {"images", json::array()}};
    json new_station = station, cargo = {{"shipmentId", "odd"},
                                         {"origin", "ceres"},
                                         {"destination", "europa"},
                                         {"items", lines}};
    new_station["stationId"] = "odd";
    json patch = product;
    patch.erase("productId");
    patch["version"] = 1;
    json order = json::parse(quantity("1"));
    order["destination"] = "europa";
    order["expectedVersion"] = 0;
    return {
        {"POST", "/api/trades", order},
        {"PUT", trade, {{"status", "cancelled"}, {"reason", "x"}, {"expectedVersion", 1}}},
        {"POST", "/api/cargo", cargo},
        {"POST",
         "/api/cargo/status",
         {{"cargoId", "odd"}, {"status", "in_transit"}, {"location", "x"}, {"note", "x"}}},
        {"PUT", "/api/cargo/odd/status", {{"status", "delayed"}, {"eta", "2030-01-01T00:00:00Z"}}},
        {"POST",
         "/api/inventory/vesta/adjustments",
         {{"productId", "ice"}, {"delta", 1}, {"reason", "restock"}, {"note", "x"}}},
        {"POST",
         "/api/inventory/update",
         {{"itemId", "ice"}, {"quantityChange", 1}, {"location", "vesta"}}},
        {"POST", "/api/stations", new_station},
        {"PUT", "/api/stations/odd", station},
        {"PATCH", "/api/stations/pallas", station},
        {"POST", "/api/products", product},
        {"PATCH", "/api/products/star", patch},
        {"POST", "/api/keys", {{"name", "x"}, {"scopes", {"read"}}, {"expiresAt", nullptr}}},
        {"POST", "/api/keys", {{"name", "x"}, {"scopes", {"read"}}, {"partner", "nobody"}}},
        {"POST", "/api/partners", {{"name", "odd"}, {"stations", {"ceres"}}, {"disabled", true}}},
        {"PUT", "/api/partners/odd", {{"stations", {"ceres"}}, {"version", 1}}},
        {"PUT", user + "/role", {{"role", "trader"}, {"stations", {"ceres"}}, {"version", 1}}},
        {"PUT", user + "/status", {{"disabled", true}}},
        {"PUT",
         "/api/users/me/password",
         {{"currentPassword", "x"}, {"newPassword", "a long one of many words"}}},
        {"POST", "/api/auth/logout", {{"refreshToken", "x"}}},
    };
}

TEST_F(BadInputTest, no_value_of_any_field_breaks_anything) {
    const std::string keys = system_->directory();
    const Forger forger(system_->admin_token(), text_of(keys + "/signing.pem"), {});
    int next = 0;
    // Workers know the administrator; elsewhere each request is another admin's, so that no rate
    // keeps it out.
    const auto whose = [&](const std::string& path) {
        for (const char* family : {"/api/trades", "/api/cargo", "/api/inventory"})
            if (path.starts_with(family)) return system_->admin_token();
        return forger.with_claim("sub", "user:odd-" + std::to_string(next++));
    };
    // The administrator may have to wait; nobody else comes twice.
    const auto let_in = [&](const std::string& method, const std::string& path,
                            const std::string& text, const Headers& headers) {
        Answer answer;
        eventually([&] {
            answer = system_->send_text(method, path, text, headers);
            return answer.status != 429;
        });
        return answer;
    };
    for (const auto& [method, path, body] : good_bodies()) {
        const std::string type =
            method == "PATCH" ? "application/merge-patch+json" : "application/json";
        for (const auto& [name, value] : body.items()) {
            for (const std::string& odd : odd_values()) {
                const std::string text = with_value(body, name, odd);
                Headers headers = System::as(whose(path));
                headers.emplace_back("Content-Type", type);
                const Answer answer = let_in(method, path, text, headers);
                EXPECT_TRUE(answer.status >= 200 && answer.status < 429)
                    << method << ' ' << path << ' ' << text.substr(0, 300) << answer.status
                    << answer.body;
                expect_discreet(answer);
            }
        }
    }
    ASSERT_TRUE(eventually([&] { return system_->is_settled(); }));
    EXPECT_EQ(count("parked"), 0) << system_->sql("SELECT detail FROM parked LIMIT 1");
}

TEST_F(BadInputTest, a_key_belongs_to_one_wish_of_one_principal) {
    const Answer first = nova_.trade(2);
    ASSERT_EQ(first.status, 202) << first.body;
    const std::string key = first.body.at("commandId");
    const std::string done = "outcome WHERE command_id = '" + key + "'";
    ASSERT_TRUE(eventually([&] { return count(done) == 1; }));
    const Answer again = nova_.trade(2, keyed(key));
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.body.at("commandId"), key);
    EXPECT_EQ(again.headers.at("location"), first.headers.at("location"));

    const Answer other = nova_.trade(3, keyed(key));
    EXPECT_EQ(other.status, 422) << other.body;
    EXPECT_EQ(slug_of(other), "key_reuse");
    EXPECT_EQ(nova_.get("/api/commands/" + key).body.at("outcome"), "applied");

    const Answer by_other = vega_.trade(2, keyed(key));
    EXPECT_EQ(by_other.status, 202) << by_other.body;
    EXPECT_NE(by_other.headers.at("location"), first.headers.at("location"));
    EXPECT_TRUE(eventually([&] { return count(done) == 2; }));

    for (const std::string& bad : {std::string(256, 'k'), std::string("two words"),
                                   std::string("caf\xC3\xA9"), std::string("\"open")}) {
        const Answer refused = nova_.trade(1, keyed(bad));
        EXPECT_EQ(refused.status, 400) << bad;
        EXPECT_EQ(slug_of(refused), "invalid_idempotency_key") << bad;
    }
    EXPECT_EQ(nova_.trade(1, keyed(std::string(255, 'k'))).status, 202);
}

/// The kind of the next event about this subject; "" when none comes.
std::string heard_of(WsClient& feed, const std::string& subject) {
    for (std::string text = feed.read_text(); !text.empty(); text = feed.read_text()) {
        const json frame = json::parse(text, nullptr, false);
        if (frame.value("subject", "") == subject) return frame.value("event", "");
    }
    return "";
}

TEST_F(BadInputTest, commands_are_judged_by_what_is_there) {
    WsClient feed(system_->notifier_port(), "/api/updates/real-time", 20s);
    feed.send_text(json{{"authorize", nova_.token}, {"subscribe", {"trade"}}}.dump());
    ASSERT_EQ(json::parse(feed.read_text()).value("type", ""), "hello");
    const auto code_of = [&](const Answer& accepted) {
        EXPECT_EQ(accepted.status, 202) << accepted.body;
        const std::string path = "/api/commands/" + accepted.body.value("commandId", "no command");
        EXPECT_TRUE(eventually([&] { return nova_.get(path).status == 200; })) << path;
        return nova_.get(path).body.value("code", "");
    };
    const Answer much = nova_.trade(900'000'000);
    EXPECT_EQ(code_of(much), "insufficient_stock");
    const std::string subject = much.body.at("transactionId");
    EXPECT_EQ(count("journal WHERE kind = 'trade.rejected' AND subject = '" + subject + "'"), 1);
    EXPECT_EQ(heard_of(feed, subject), "trade.rejected");

    const Answer made = nova_.trade(1, waiting());
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path =
        "/api/trades/" + made.body.at("transactionId").get<std::string>() + "/status";
    const json late = {{"status", "cancelled"}, {"expectedVersion", 99}};
    EXPECT_EQ(code_of(nova_.send("PUT", path, late)), "stale_version");
    const Answer waited = nova_.send("PUT", path, late, waiting());
    EXPECT_EQ(waited.status, 409);
    EXPECT_EQ(slug_of(waited), "stale_version");
}

TEST_F(BadInputTest, totals_that_do_not_fit_break_no_summary) {
    // Each total fits, all together do not; that nobody could serve them makes no difference.
    for (int i = 0; i < 3; ++i) {
        const Answer answer =
            nova_.send("POST", "/api/trades", json::parse(quantity("9000000", "star")), waiting());
        EXPECT_EQ(slug_of(answer), "insufficient_stock") << answer.body;
    }
    const Answer summary = system_->get("/api/analytics/summary");
    EXPECT_EQ(summary.status, 200) << summary.body;
}

TEST_F(BadInputTest, names_in_any_script_are_kept_as_they_are) {
    const std::vector<std::string> names = {
        "'; DROP TABLE trade--",
        "\" OR 1=1 --",
        R"(\'; SELECT pg_sleep(9); \\)",
        "\xD8\xB4\xD9\x85\xD8\xB3 \xD9\x82\xD8\xB5\xD9\x88\xD9\x89",  // right to left
        "\xF0\x9F\x9A\x80 \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x9A\x80",
    };
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string id = "odd-" + std::to_string(i);
        const Answer made = system_->send("POST", "/api/stations",
                                          {{"stationId", id},
                                           {"name", names[i]},
                                           {"kind", "planet"},
                                           {"position", {{"x", 1}, {"y", 2}, {"z", 3}}}});
        EXPECT_EQ(made.status, 201) << made.body;
        EXPECT_EQ(system_->get("/api/stations/" + id).body.at("name"), names[i]);
        EXPECT_EQ(system_->sql("SELECT name FROM station WHERE id = '" + id + "'"), names[i]);
    }
    const std::string key = "';DELETE/**/FROM/**/outcome;--";
    EXPECT_EQ(nova_.trade(1, keyed(key)).status, 202);
    const std::string quoted = "'" + std::string("'") + key + "'";
    EXPECT_TRUE(eventually([&] { return count("outcome WHERE command_id = " + quoted) == 1; }));
    for (const char* target :
         {"/api/stations/%00", "/api/trades?station=%00", "/api/trades?station=%27%3B--",
          "/api/commands/%00", "/api/trades?cursor=%27%3B%20DROP", "/api/products/ice%27--"}) {
        const Answer answer = nova_.get(target);
        EXPECT_TRUE(answer.status == 400 || answer.status == 404) << target << answer.body;
        expect_discreet(answer);
    }
    EXPECT_GT(count("trade"), 0);
}

TEST_F(BadInputTest, what_is_no_clear_request_is_refused) {
    const auto status_of = [&](const std::string& bytes) {
        HttpClient client(system_->api_port());
        client.send(bytes);
        const auto reply = client.read_reply();
        return reply ? reply->status : 0;
    };
    const std::string post = "POST /api/trades HTTP/1.1\r\nHost: x\r\n";
    const std::string chunked = "Transfer-Encoding: chunked\r\n", four = "Content-Length: 4\r\n";
    EXPECT_EQ(status_of(post + "Content-Length: 10000000000\r\n\r\n"), 413);
    EXPECT_EQ(status_of(post + four + chunked + "\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(status_of(post + chunked + four + "\r\n0\r\n\r\n"), 400);
    EXPECT_EQ(status_of(post + four + "Content-Length: 5\r\n\r\n"), 400);
    EXPECT_EQ(status_of(post + "Content-Length: -1\r\n\r\n"), 400);
    std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 100; ++i)
        many += "X-" + std::to_string(i) + ": " + std::string(8 * 1024, 'x') + "\r\n";
    EXPECT_EQ(status_of(many + "\r\n"), 431);

    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/xml"})
        EXPECT_EQ(nova_.send("POST", "/api/trades", {}, {{"Content-Type", type}}).status, 415);
    for (const char* method : {"DELETE", "TRACE", "PATCH"}) {
        Answer wrong = nova_.send(method, "/api/trades", {});
        EXPECT_EQ(wrong.status, 405) << method;
        EXPECT_NE(wrong.headers["allow"].find("POST"), std::string::npos) << method;
    }
    for (const char* path : {"/api/stations/%2e%2e", "/docs/%2e%2e/%2e%2e/etc/passwd",
                             "/api/%2e%2e/metrics", "/problems/%2e%2e%2fetc%2fpasswd"})
        EXPECT_EQ(nova_.get(path).status, 404) << path;
}

/// What a process has in memory, in KiB.
std::int64_t resident(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
    return 0;
}

TEST_F(BadInputTest, memory_stays_while_large_bodies_come) {
    std::string wide = "[";
    while (wide.size() < 1'000'000)
        wide += "0,";
    const std::string deep(60 * 1024, '[');
    const std::string large(65 * 1024, ' ');
    const auto wave = [&] {
        for (int i = 0; i < 20; ++i) {
            EXPECT_EQ(system_->send_text("POST", "/api/trades", deep, nova_.with()).status, 400);
            EXPECT_EQ(system_->send_text("POST", "/api/trades", large, nova_.with()).status, 413);
        }
        // Half a million elements; one of each, so that the rate of batches lets them pass.
        for (const Person* person : {&nova_, &vega_, &sirius_}) {
            EXPECT_EQ(
                system_->send_text("POST", "/api/trades/batch", wide + "0]", person->with()).status,
                400);
        }
    };
    wave();
    wave();
    const auto api = system_->process("itn-api").pid();
    const auto before = resident(api);
    ASSERT_GT(before, 0);
    for (int i = 0; i < 6; ++i)
        wave();
    EXPECT_EQ(system_->send_text("POST", "/api/trades/batch", wide + wide, vega_.with()).status,
              413)
        << "a million";
    EXPECT_LT(resident(api) - before, 16 * 1024) << before << " KiB before";
}

}  // namespace
}  // namespace itn::tests
