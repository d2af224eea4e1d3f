// The queue door beside REST, over the real parts: one rule book, one memory, and nobody's flood in
// anybody's way.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/base/time.h"
#include "tests/e2e/flood.h"
#include "tests/e2e/system.h"
#include "tests/support/partner_client.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* seller = "ceres";
constexpr const char* buyer = "mars";

class PartnerTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        for (const char* station : {seller, buyer, "vesta", "pallas"})
            system_->add_station(station);
        system_->add_product("ice");
        system_->add_stock(seller, "ice", 1'000'000);
        system_->add_stock("vesta", "ice", 1'000'000);
        acme_url_ = system_->add_partner("acme", {seller});
        other_url_ = system_->add_partner("other", {"vesta"});
        system_->start("itn-ingress");
        const auto made = system_->send("POST", "/api/keys",
                                        {{"name", "acme-rest"},
                                         {"scopes", {"read", "trade", "cargo", "inventory"}},
                                         {"partner", "acme"}});
        ASSERT_EQ(made.status, 201) << made.body.dump();
        acme_ = System::as(made.body.at("key"));
    }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    static json trade(std::int64_t quantity, const std::string& from = seller,
                      const std::string& to = buyer) {
        return {{"tradeType", "sell"},
                {"seller", from},
                {"buyer", to},
                {"items", {{{"productId", "ice"}, {"quantity", quantity}}}}};
    }
    static json envelope(const std::string& id, const json& body,
                         const std::string& kind = "trade.create") {
        return {{"id", id}, {"kind", kind}, {"body", body}};
    }
    static std::string one(const json& element) { return json::array({element}).dump(); }
    static void expect_calm_beside(const json& flooding);
    static std::string unique(const std::string& name) {
        static std::atomic<int> next{0};
        return name + "-" + std::to_string(++next);
    }
    static double refused_for(const std::string& reason) {
        return system_->metric("itn-ingress",
                               R"(itn_ingress_refused_total{reason=")" + reason + R"("})");
    }
    static std::int64_t reserved() {
        return system_->get("/api/inventory/" + std::string(seller) + "/ice").body.at("reserved");
    }

    static System* system_;
    static std::string acme_url_, other_url_;
    static Headers acme_;
};

System* PartnerTest::system_ = nullptr;
std::string PartnerTest::acme_url_, PartnerTest::other_url_;
Headers PartnerTest::acme_;

Headers with(Headers headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
}

TEST_F(PartnerTest, one_command_through_both_doors_has_one_effect_and_one_outcome) {
    constexpr int rounds = 12;
    PartnerClient client(acme_url_);
    const auto reserved_before = reserved();
    for (int i = 0; i < rounds; ++i) {
        const std::string id = unique("both");
        // Every third is one that the seller cannot serve.
        const bool is_served = i % 3 != 2;
        const auto body = trade(is_served ? 1 : 900'000'000);
        Answer rest;
        std::jthread other_door([&] {
            rest = system_->send("POST", "/api/trades", body,
                                 with(with(acme_, "Idempotency-Key", id), "Prefer", "wait=20"));
        });
        client.publish(one(envelope(id, body)));
        const auto outcome = client.outcome_of(id);
        other_door.join();
        ASSERT_FALSE(outcome.is_null()) << id;
        const auto kept = system_->get("/api/commands/" + id, acme_);
        ASSERT_EQ(kept.status, 200) << kept.body.dump();
        EXPECT_EQ(outcome.at("outcome"), is_served ? "applied" : "rejected") << outcome.dump();
        for (const char* member : {"outcome", "subject", "position"})
            EXPECT_EQ(outcome.at(member), kept.body.at(member)) << outcome.dump() << kept.body;
        if (is_served) {
            EXPECT_EQ(rest.body.value("transactionId", ""), outcome.at("subject")) << rest.body;
        } else {
            EXPECT_EQ(rest.status, 409) << rest.body;
            EXPECT_EQ(outcome.at("code"), "insufficient_stock");
            EXPECT_EQ(kept.body.at("code"), "insufficient_stock");
        }
    }
    EXPECT_EQ(reserved() - reserved_before, rounds - rounds / 3);
}

TEST_F(PartnerTest, a_key_belongs_to_one_wish_whichever_door_it_came_through) {
    PartnerClient client(acme_url_);
    const auto reserved_before = reserved();
    const auto by_rest = [&](const std::string& id, int quantity) {
        return system_->send("POST", "/api/trades", trade(quantity),
                             with(with(acme_, "Idempotency-Key", id), "Prefer", "wait=20"));
    };
    const auto by_queue = [&](const std::string& id, int quantity) {
        const auto told = client.outcomes().size();
        client.publish(one(envelope(id, trade(quantity))));
        if (!client.until([&] { return client.outcomes().size() > told; })) return json::object();
        return client.outcomes().back();
    };
    // The owner of the key is answered again after the other wish came to the other door.
    const std::string at_rest = unique("reuse");
    const auto first = by_rest(at_rest, 1);
    ASSERT_EQ(first.status, 201) << first.body;
    EXPECT_EQ(by_queue(at_rest, 2).value("code", ""), "key_reuse");
    const auto repeated = by_queue(at_rest, 1);
    EXPECT_EQ(repeated.value("outcome", ""), "applied") << repeated.dump();
    EXPECT_EQ(repeated.value("subject", ""), first.body.at("transactionId"));

    const std::string at_queue = unique("reuse");
    const auto applied = by_queue(at_queue, 1);
    ASSERT_EQ(applied.value("outcome", ""), "applied") << applied.dump();
    EXPECT_EQ(by_rest(at_queue, 2).status, 422);
    const auto again = by_rest(at_queue, 1);
    EXPECT_EQ(again.status, 201) << again.body;
    EXPECT_EQ(again.body.value("transactionId", ""), applied.at("subject"));

    for (const auto& id : {at_rest, at_queue})
        EXPECT_EQ(system_->get("/api/commands/" + id, acme_).body.at("outcome"), "applied");
    EXPECT_EQ(reserved() - reserved_before, 2) << "of the first wishes alone";
}

TEST_F(PartnerTest, malformed_input_is_answered_with_its_place) {
    PartnerClient client(acme_url_);
    const auto first = unique("good"), second = unique("bad"), third = unique("good");
    auto bad = envelope(second, trade(0));
    client.publish(json::array({envelope(first, trade(1)), bad, envelope(third, trade(1))}).dump());
    EXPECT_EQ(client.outcome_of(first).value("outcome", ""), "applied");
    EXPECT_EQ(client.outcome_of(third).value("outcome", ""), "applied");
    const auto refused = client.outcome_of(second);
    EXPECT_EQ(refused.value("code", ""), "out_of_range") << refused.dump();
    EXPECT_EQ(refused.value("pointer", ""), "/1/body/items/0/quantity");

    std::string deep(1'000, '[');
    const std::vector<std::string> rubbish = {std::string("\x1f\x8b\x08\x00\x00", 5), deep,
                                              "\xff\xfe\x00 no json", "{}", "[]"};
    for (const auto& body : rubbish) {
        const auto told = client.outcomes().size();
        std::map<std::string, double> counted;
        for (const char* reason : {"invalid_json", "invalid_request"})
            counted[reason] = refused_for(reason);
        client.publish(body);
        ASSERT_TRUE(client.until([&] { return client.outcomes().size() > told; })) << body;
        const json& outcome = client.outcomes().back();
        EXPECT_EQ(outcome.at("outcome"), "rejected");
        EXPECT_TRUE(outcome.contains("pointer")) << outcome;
        const std::string code = outcome.at("code");
        EXPECT_EQ(refused_for(code), counted[code] + 1) << code;
    }
}

TEST_F(PartnerTest, messages_that_another_may_have_sent_are_refused) {
    PartnerClient client(acme_url_);
    using Properties = PartnerClient::Properties;
    const std::vector<std::pair<std::string, Properties>> faulty = {
        {"no user-id", {.has_user_id = false}},
        {"CC", {.headers = {{"CC", "other.commands"}}}},
        {"expiration", {.expiration = "60000"}},
        {"own header", {.headers = {{"x-role", "admin"}}}},
        {"content type", {.content_type = "text/plain"}},
    };
    const auto counted = refused_for("envelope");
    for (const auto& [what, properties] : faulty) {
        const auto id = unique("envelope");
        client.publish(one(envelope(id, trade(1))), properties);
        EXPECT_EQ(client.outcome_of(id).value("code", ""), "envelope") << what;
    }
    EXPECT_EQ(refused_for("envelope"), counted + double(faulty.size()));
    PartnerClient other(other_url_);
    const auto forged = unique("copy");
    auto element = envelope(forged, trade(1));
    element["replyTo"] = other.reply_queue();
    client.publish(one(element), {.has_user_id = false, .headers = {{"CC", "other.commands"}}});
    const auto transient = unique("transient");
    client.publish(one(envelope(transient, trade(1))), Properties{.is_persistent = false});
    EXPECT_EQ(client.outcome_of(transient).value("outcome", ""), "applied");
    const auto own = unique("own");
    other.publish(one(envelope(own, trade(1, "vesta", "pallas"))));
    EXPECT_EQ(other.outcome_of(own).value("outcome", ""), "applied");
    for (const auto& outcome : other.outcomes())
        EXPECT_EQ(outcome.value("id", ""), own) << "a copy of another's message was answered";
}

TEST_F(PartnerTest, a_partner_speaks_and_acts_for_itself_alone) {
    PartnerClient client(acme_url_);
    const auto told = [&](json element) {
        const std::string id = element.at("id");
        client.publish(one(element));
        const auto outcome = client.outcome_of(id);
        return outcome.value("code", outcome.value("outcome", ""));
    };
    auto forged = envelope(unique("forged"), trade(1));
    forged["principal"] = "partner:other";
    EXPECT_EQ(told(forged), "forbidden");
    EXPECT_TRUE(eventually([&] {
        return system_->sql(
                   "SELECT count(*) FROM audit_trail WHERE principal = 'partner:acme'"
                   " AND event = 'forbidden' AND peer = 'amqp'") != "0";
    }));
    auto elsewhere = envelope(unique("elsewhere"), trade(1));
    elsewhere["replyTo"] = "itn.reply.other.1";
    EXPECT_EQ(told(elsewhere), "envelope");
    EXPECT_EQ(told(envelope(unique("foreign"), trade(1, "vesta", "pallas"))), "forbidden");

    PartnerClient other(other_url_);
    const auto theirs = unique("theirs");
    other.publish(one(envelope(theirs, trade(1, "vesta", "pallas"))));
    const auto made = other.outcome_of(theirs);
    ASSERT_EQ(made.value("outcome", ""), "applied") << made.dump();
    auto cancel = envelope(unique("cancel"), json::object(), "trade.cancel");
    cancel["subject"] = made.at("subject");
    EXPECT_EQ(told(cancel), "trade_not_found") << "as if it were not there";
    cancel["id"] = unique("cancel");
    cancel["subject"] = "3f8a018f-4e3a-87c1-ac3d-0123456789ab";
    EXPECT_EQ(told(cancel), "trade_not_found");
}

TEST_F(PartnerTest, commands_too_old_or_from_the_future_expire) {
    PartnerClient client(acme_url_);
    const auto told = [&](std::chrono::minutes from_now) {
        auto element = envelope(unique("aged"), trade(1));
        element["issuedAt"] = to_rfc3339(
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) +
            from_now);
        client.publish(one(element));
        const auto outcome = client.outcome_of(element.at("id"));
        return outcome.value("code", outcome.value("outcome", ""));
    };
    constexpr std::chrono::minutes week = std::chrono::hours(7 * 24);
    EXPECT_EQ(told(-week - 24h), "expired");
    EXPECT_EQ(told(-week - 1min), "expired");
    EXPECT_EQ(told(-week + 2min), "applied");
    EXPECT_EQ(told(4min), "applied");
    EXPECT_EQ(told(6min), "expired");
}

TEST_F(PartnerTest, an_ingress_that_is_killed_loses_nothing) {
    PartnerClient client(acme_url_);
    std::vector<std::string> ids;
    const auto reserved_before = reserved();
    for (int i = 0; i < 200; ++i) {
        ids.push_back(unique("kill"));
        client.publish(one(envelope(ids.back(), trade(1))));
    }
    ASSERT_TRUE(client.until([&] { return !client.outcomes().empty(); }));
    system_->kill("itn-ingress");
    system_->start("itn-ingress");
    EXPECT_TRUE(eventually([&] { return reserved() - reserved_before == 200; }, 60s));
    for (const auto& id : {ids.front(), ids.back()})
        EXPECT_EQ(system_->get("/api/commands/" + id, acme_).body.value("outcome", ""), "applied");
}

/// The other's commands take less than twice as long beside acme's flood of such trades. Two
/// processors do everything, the flood included: a little for that. What else they do meanwhile is
/// not the flood's doing: one round of five without it is enough.
void PartnerTest::expect_calm_beside(const json& flooding) {
    PartnerClient calm(other_url_);
    const auto body = trade(1, "vesta", "pallas");
    std::chrono::milliseconds alone{}, beside{};
    double rate = 0;
    const auto is_calm = [&] { return beside < 2 * alone + 50ms; };
    for (int round = 0; round < 5 && (round == 0 || !is_calm()); ++round) {
        alone = p99(calm, unique("calm"), body, 200);
        Flood flood(acme_url_, unique("flood"), flooding);
        ASSERT_TRUE(eventually([&] { return flood.is_refused(); }, 60s))
            << "the flood never filled its queue";
        beside = p99(calm, unique("beside"), body, 200);
        rate = std::max(rate, flood.rate());
        RecordProperty("alone_ms", int(alone.count()));
        RecordProperty("beside_ms", int(beside.count()));
        RecordProperty("flood_a_second", int(rate));
    }
    EXPECT_GT(rate, 2'000) << "no more than a partner may send all day";
    EXPECT_TRUE(is_calm()) << "alone " << alone.count() << " ms, beside " << beside.count();
}

TEST_F(PartnerTest, a_flood_stays_in_its_own_queue) {
    expect_calm_beside(nullptr);
}

TEST_F(PartnerTest, a_flood_of_good_commands_leaves_others_their_turn) {
    expect_calm_beside(trade(1));
}

TEST_F(PartnerTest, copies_that_another_sends_take_nothing_from_the_owner) {
    PartnerClient calm(other_url_);
    calm.ask_for_confirms();
    const auto body = trade(1, "vesta", "pallas");
    const auto alone = p99(calm, unique("calm"), body, 20);

    constexpr int enough = 40'000;  // four times what a queue holds
    std::atomic<bool> is_over{false};
    std::atomic<int> sent{0};
    std::vector<std::thread> floods;
    for (int i = 0; i < 4; ++i) {
        floods.push_back(client_thread(acme_url_, [&](PartnerClient& wild) {
            const PartnerClient::Properties copied{
                .headers = {{"CC", "other.commands"}, {"BCC", "itn.partner.other.commands"}},
                .is_persistent = false};
            while (!is_over) {
                wild.publish("x", copied);
                if (++sent % 20 == 0) read_some(wild);
            }
        }));
    }
    const bool is_flooded = eventually([&] { return sent > enough; }, 60s);
    const auto beside = p99(calm, unique("beside"), body, 20);
    is_over = true;
    for (auto& flood : floods)
        flood.join();
    EXPECT_TRUE(is_flooded);
    EXPECT_EQ(calm.nacked(), 0U) << "the owner's queue was filled by another";
    EXPECT_EQ(calm.outcomes().size(), 40U) << "the owner heard of what another sent";
    EXPECT_LT(beside, 5s) << "alone " << alone.count() << " ms";
    RecordProperty("alone_ms", int(alone.count()));
    RecordProperty("beside_ms", int(beside.count()));
}

}  // namespace
}  // namespace itn::tests
