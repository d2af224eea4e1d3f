// Who may come in and what each may see, over the real parts: forged tokens, others' things, the
// feed, and keys lying open.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/e2e/bad_input.h"
#include "tests/e2e/forger.h"
#include "tests/support/process.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

TEST_F(BadInputTest, nobody_comes_in_with_a_token_that_is_none) {
    const std::string keys = system_->directory();
    const Forger forger(nova_.token, text_of(keys + "/signing.pem"),
                        text_of(keys + "/public/signing.pem"));
    const auto asked = [&](const std::string& token) {
        return system_->get("/api/trades", System::as(token));
    };
    ASSERT_EQ(asked(forger.with_claim("jti", "another")).status, 200) << "forged well";
    ASSERT_EQ(asked(forger.late(20s)).status, 200) << "clocks differ a little";
    const std::pair<const char*, std::string> rows[] = {
        {"nothing", ""},
        {"no token", "x.y.z"},
        {"alg none", forger.unsigned_one()},
        {"HS256 with the public key", forger.by_public_half()},
        {"alg HS256", forger.with_header("alg", "HS256")},
        {"an unknown kid", forger.by_another_key()},
        {"a known kid, another key", forger.by_another_key_under_this_id()},
        {"a jku", forger.with_header("jku", "https://evil.example/keys")},
        {"an ID token", forger.with_header("typ", "JWT")},
        {"no exp", forger.without_claim("exp")},
        {"no sub", forger.without_claim("sub")},
        {"no jti", forger.without_claim("jti")},
        {"exp 31 s ago", forger.late(31s)},
        {"nbf ahead", forger.with_claim("nbf", Forger::now() + 120)},
        {"another aud", forger.with_claim("aud", "elsewhere")},
        {"another iss", forger.with_claim("iss", "elsewhere")},
        {"a day of life", forger.with_claim("exp", Forger::now() + 86'400)},
        {"5 KiB", std::string(5 * 1024, 'x')},
        {"no key", "itn_000000000000_secret"},
    };
    for (const auto& [what, token] : rows) {
        SCOPED_TRACE(what);
        Answer answer = asked(token);
        EXPECT_EQ(answer.status, 401) << answer.body;
        EXPECT_EQ(slug_of(answer), "unauthenticated");
        EXPECT_TRUE(answer.headers["www-authenticate"].starts_with("Bearer "));
        expect_discreet(answer);
    }
    for (const char* name : {"access_token", "token", "jwt"}) {
        const std::string query = std::string("?") + name + "=" + nova_.token;
        EXPECT_EQ(system_->get("/api/trades" + query, System::as("")).status, 401) << name;
    }
    EXPECT_TRUE(
        eventually([&] { return count("audit_trail WHERE event = 'unauthenticated'") > 9; }));
}

TEST_F(BadInputTest, what_a_role_may_not_do_is_refused_and_audited) {
    const std::string own = "/api/users/" + nova_.principal.substr(5);
    const json admin = {{"role", "admin"}, {"stations", {"ceres"}}};
    const json partner = {{"name", "evilcorp"}, {"stations", {"ceres"}}};
    const json station = {{"stationId", "nova-1"},
                          {"name", "x"},
                          {"kind", "planet"},
                          {"position", {{"x", 1}, {"y", 2}, {"z", 3}}}};
    const std::string lines =
        "audit_trail WHERE event = 'forbidden' AND principal = '" + nova_.principal + "'";
    const auto before = count(lines);
    EXPECT_EQ(nova_.send("POST", "/api/stations", station).status, 403);
    EXPECT_EQ(nova_.send("PUT", own + "/role", admin).status, 403);
    EXPECT_EQ(nova_.send("PUT", own + "/status", {{"disabled", false}}).status, 403);
    EXPECT_EQ(nova_.send("POST", "/api/partners", partner).status, 403);
    EXPECT_EQ(nova_.get("/api/users").status, 403);
    EXPECT_TRUE(eventually([&] { return count(lines) == before + 5; })) << count(lines);
    EXPECT_EQ(nova_.get("/api/users/me").body.at("role"), "trader");
    EXPECT_EQ(count("station WHERE id = 'nova-1'"), 0);
    EXPECT_EQ(count("partner WHERE name = 'evilcorp'"), 0);
}

TEST_F(BadInputTest, what_admins_change_is_audited) {
    const std::string admin =
        "user:" + system_->get("/api/users/me").body.at("userId").get<std::string>();
    system_->add_station("fresh");
    ASSERT_EQ(system_->send("DELETE", "/api/stations/fresh", {}, {{"If-Match", "*"}}).status, 204);
    ASSERT_EQ(
        system_->send("POST", "/api/partners", {{"name", "fresh"}, {"stations", {"ceres"}}}).status,
        201);
    const auto lines = [&](const std::string& event, const std::string& subject) {
        return count("audit_trail WHERE principal = '" + admin + "' AND event = '" + event +
                     "' AND subject = '" + subject + "'");
    };
    EXPECT_TRUE(eventually([&] { return lines("changed", "DELETE /api/stations/fresh") == 1; }));
    EXPECT_GE(lines("changed", "POST /api/stations"), 1);
    EXPECT_GE(count("audit_trail WHERE principal = '" + admin + "' AND event LIKE 'partner%'"), 1);
    EXPECT_GE(count("audit_trail WHERE principal = '" + admin + "' AND event LIKE '%role%'"), 1);
}

using Micros = std::chrono::microseconds;

Micros median(std::vector<Micros> times) {
    std::ranges::sort(times);
    return times.at(times.size() / 2);
}

TEST_F(BadInputTest, a_foreign_thing_is_told_from_a_missing_one_by_nothing) {
    const Answer made = nova_.trade(1, waiting());
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string foreign = "/api/trades/" + made.body.at("transactionId").get<std::string>();
    // Another, but one that is made of the same station and moment.
    std::string missing = foreign;
    missing.back() = missing.back() == '0' ? '1' : '0';
    const auto told = [&](const std::string& path, std::vector<Micros>& times) {
        const auto began = std::chrono::steady_clock::now();
        Answer answer = sirius_.get(path);
        times.push_back(
            std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - began));
        EXPECT_EQ(answer.status, 404) << answer.body;
        for (const char* name : {"instance", "traceId"})
            answer.body.erase(name);
        return answer.body;
    };
    double ratio = 0;
    for (int round = 0; round < 5 && (ratio < 0.67 || ratio > 1.5); ++round) {
        std::vector<Micros> of_foreign, of_missing;
        for (int i = 0; i < 41; ++i)
            EXPECT_EQ(told(foreign, of_foreign), told(missing, of_missing));
        ratio = double(median(of_foreign).count()) / double(median(of_missing).count());
    }
    EXPECT_GT(ratio, 0.67);
    EXPECT_LT(ratio, 1.5);
    EXPECT_EQ(vega_.get(foreign).status, 200) << "the buyer's own";
}

TEST_F(BadInputTest, who_asks_too_often_waits_alone) {
    Answer last;
    for (int i = 0; i < 300 && last.status != 429; ++i)
        last = sirius_.get("/api/users/me");
    ASSERT_EQ(last.status, 429) << last.body;
    EXPECT_EQ(slug_of(last), "too_many_requests");
    EXPECT_GE(std::stoi(last.headers["retry-after"]), 1);
    EXPECT_EQ(vega_.get("/api/users/me").status, 200);
    EXPECT_TRUE(eventually([&] { return sirius_.get("/api/users/me").status == 200; }));
}

/// The head of the answer to an opening handshake with these headers besides.
std::string handshake(std::uint16_t port, const std::string& target, const Headers& more) {
    HttpClient client(port);
    Headers headers = ws_headers();
    headers.insert(headers.end(), more.begin(), more.end());
    client.send(request_text("GET", target, {}, headers));
    return ByteReader(client.descriptor(), 5s).read_until("\r\n\r\n").value_or("");
}

TEST_F(BadInputTest, a_ticket_opens_the_feed_once) {
    const Answer made = nova_.send("POST", "/api/updates/ticket", {});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string opening = json{{"authorize", made.body.at("ticket")}}.dump();
    const std::uint16_t port = system_->notifier_port();
    WsClient first(port);
    first.send_text(opening);
    EXPECT_EQ(json::parse(first.read_text()).value("type", ""), "hello");
    WsClient second(port);
    second.send_text(opening);
    EXPECT_EQ(second.read_close(), 4401);
    EXPECT_EQ(system_->get("/api/trades", System::as(made.body.at("ticket"))).status, 401);

    const std::string feed = "/api/updates/real-time";
    EXPECT_TRUE(
        handshake(port, feed, {{"Origin", "https://evil.example"}}).starts_with("HTTP/1.1 403 "));
    EXPECT_TRUE(
        handshake(port, feed + "?access_token=" + nova_.token, {}).starts_with("HTTP/1.1 401 "));
    const std::string plain =
        handshake(port, feed, {{"Sec-WebSocket-Extensions", "permessage-deflate"}});
    EXPECT_TRUE(plain.starts_with("HTTP/1.1 101 ")) << plain;
    EXPECT_EQ(plain.find("Extensions"), std::string::npos) << plain;
}

TEST_F(BadInputTest, who_signs_out_is_out_at_every_door) {
    const auto session = [&] {
        return system_
            ->send("POST", "/api/auth/login",
                   {{"email", "nova@itn.example"}, {"password", System::password}}, System::as(""))
            .body;
    };
    const auto watch = [&](const json& of) {
        auto client =
            std::make_unique<WsClient>(system_->notifier_port(), "/api/updates/real-time", 60s);
        client->send_text(json{{"authorize", of.at("accessToken")}}.dump());
        EXPECT_EQ(json::parse(client->read_text()).value("type", ""), "hello");
        return client;
    };
    const json mine = session(), other = session();
    const auto watcher = watch(mine);
    const Headers me = System::as(mine.at("accessToken"));
    const json body = {{"refreshToken", mine.at("refreshToken")}};
    ASSERT_EQ(system_->send("POST", "/api/auth/logout", body, me).status, 204);
    EXPECT_EQ(system_->get("/api/trades", me).status, 401);
    EXPECT_EQ(watcher->read_close(), 4401);
    EXPECT_EQ(system_->get("/api/trades", System::as(other.at("accessToken"))).status, 200);
    watch(other);
}

TEST_F(BadInputTest, nobody_hears_of_a_foreign_trade) {
    WsClient client(system_->notifier_port(), "/api/updates/real-time", 20s);
    client.send_text(json{{"authorize", sirius_.token}, {"subscribe", {"trade"}}}.dump());
    const json hello = json::parse(client.read_text());
    ASSERT_EQ(hello.value("type", ""), "hello");
    const Answer foreign = nova_.trade(1, waiting());
    ASSERT_EQ(foreign.status, 201) << foreign.body;
    const std::string id = foreign.body.at("transactionId");
    client.send_text(json{{"subscribe", {"trade:" + id}}}.dump());
    const json refused = json::parse(client.read_text(), nullptr, false);
    EXPECT_EQ(refused.value("type", ""), "error") << refused;
    EXPECT_EQ(refused.value("detail", ""), "there is no such trade");
    const Answer own = sirius_.send("POST", "/api/trades",
                                    system_->trade_body("vesta", "pallas", "ice", 1), waiting());
    ASSERT_EQ(own.status, 201) << own.body;
    const json heard = json::parse(client.read_text(), nullptr, false);
    EXPECT_EQ(heard.value("subject", ""), own.body.at("transactionId")) << heard;

    WsClient late(system_->notifier_port(), "/api/updates/real-time", 20s);
    late.send_text(json{
        {"authorize", sirius_.token}, {"subscribe", {"trade"}}, {"since", hello.at("position")}}
                       .dump());
    const json told = json::parse(late.read_text());
    EXPECT_EQ(told.value("recovered", false), true) << told;
    const json missed = json::parse(late.read_text(), nullptr, false);
    EXPECT_EQ(missed.value("subject", ""), own.body.at("transactionId")) << missed;
}

TEST_F(BadInputTest, nothing_starts_on_a_key_that_others_may_read) {
    const fs::path home = system_->directory();
    const fs::path open = home / "open.pem";
    fs::copy_file(home / "signing.pem", open);
    fs::permissions(open, fs::perms(0644));
    std::ofstream(home / "none.pem") << "no key\n";
    const auto code_of = [&](const std::string& program, const std::string& keys) {
        const std::string user = program == "itn-api" ? "itn_api" : "itn_notifier";
        Child child({std::string(ITN_BIN_DIR) + '/' + program},
                    {{"ITN_DATABASE_URL", system_->database_url_of(user)},
                     {"ITN_AMQP_URL", system_->amqp_url_of(user)},
                     {"ITN_API_LISTEN", "127.0.0.1:0"},
                     {"ITN_NOTIFIER_LISTEN", "127.0.0.1:0"},
                     {"ITN_ADMIN_LISTEN", "127.0.0.1:0"},
                     {"ITN_TOKEN_KEYS", keys}},
                    home / "refused.log");
        return child.wait(10s);
    };
    for (const char* program : {"itn-api", "itn-notifier"}) {
        for (const auto& keys : {open.string(), (home / "none.pem").string(),
                                 (home / "missing.pem").string(), std::string()})
            EXPECT_GT(code_of(program, keys), 0) << program << ' ' << keys;
    }
    EXPECT_GT(code_of("itn-api", (home / "public/signing.pem").string()), 0) << "cannot sign";
    EXPECT_NE(text_of(home / "refused.log").find("open.pem"), std::string::npos);
}

#ifdef NDEBUG  // as they are shipped; sanitizers and debuggers want other flags
TEST_F(BadInputTest, programs_are_hardened) {
    static const std::regex fortified("__\\w+_chk@");
    int programs = 0;
    for (const auto& entry : fs::directory_iterator(ITN_BIN_DIR)) {
        const std::string program = entry.path().filename();
        if (!program.starts_with("itn")) continue;
        ++programs;
        const Ran ran = run_program({"readelf", "-hldW", "--dyn-syms", entry.path()});
        ASSERT_EQ(ran.code, 0) << ran.output;
        for (const char* mark : {"DYN (", "GNU_RELRO", "BIND_NOW", "__stack_chk_fail"})
            EXPECT_NE(ran.output.find(mark), std::string::npos) << program << ' ' << mark;
        EXPECT_TRUE(std::regex_search(ran.output, fortified)) << program << " is not fortified";
        EXPECT_EQ(ran.output.find("RWE"), std::string::npos) << program;
    }
    EXPECT_GE(programs, 10);
}
#endif

TEST_F(BadInputTest, there_is_nobody_who_was_not_made) {
    EXPECT_EQ(nobody_, "1 0 0") << "the administrator alone";
    for (const char* email : {"admin@itn.example", "admin", "root", "guest@itn.example"}) {
        for (const char* secret : {"admin", "password", "secret", "guest"}) {
            const Answer answer =
                system_->send("POST", "/api/auth/login", {{"email", email}, {"password", secret}},
                              System::as(""));
            EXPECT_GE(answer.status, 400) << email << ' ' << secret;
            EXPECT_LT(answer.status, 500) << email << ' ' << secret;
        }
    }
}

TEST_F(BadInputTest, no_secret_stands_in_a_log) {
    const std::string key = vega_.key("logged");
    EXPECT_EQ(system_->get("/api/trades", System::as(key)).status, 200);
    EXPECT_EQ(system_->get("/api/trades", System::as(key + "x")).status, 401);
    const std::string signing = text_of(system_->directory() + "/signing.pem");
    const std::vector<std::string> secrets = {key, nova_.token.substr(nova_.token.rfind('.')),
                                              ":secret@", System::password, signing.substr(30, 30)};
    for (const auto& entry : fs::directory_iterator(system_->directory())) {
        if (entry.path().extension() != ".log") continue;
        const std::string text = text_of(entry.path());
        for (const std::string& secret : secrets)
            EXPECT_EQ(text.find(secret), std::string::npos) << entry.path();
    }
    for (const std::string& secret : secrets)
        EXPECT_EQ(count("audit_trail a WHERE strpos(a::text, $$" + secret + "$$) > 0"), 0);
}

}  // namespace
}  // namespace itn::tests
