// Messages of a partner with odd values in every place: each is answered once, and the next one is
// taken as if nothing had been.

#include "tests/e2e/bad_input.h"
#include "tests/support/partner_client.h"

namespace itn::tests {
namespace {

using nlohmann::json;

/// One of each kind, right in everything.
std::vector<json> good_elements() {
    const json lines = {{{"productId", "ice"}, {"quantity", 1}}};
    const json about = "00000000-0000-7000-8000-00000000dead";
    return {
        {{"kind", "trade.create"},
         {"body",
          {{"tradeType", "sell"}, {"seller", "ceres"}, {"buyer", "europa"}, {"items", lines}}}},
        {{"kind", "trade.cancel"}, {"subject", about}, {"body", {{"reason", "x"}}}},
        {{"kind", "cargo.create"},
         {"body", {{"origin", "ceres"}, {"destination", "europa"}, {"items", lines}}}},
        {{"kind", "inventory.adjust"},
         {"subject", "ceres/ice"},
         {"body", {{"productId", "ice"}, {"delta", 1}, {"reason", "restock"}, {"note", "x"}}}},
    };
}

/// Every element with one odd value, in its envelope or in its body.
std::vector<std::string> odd_elements() {
    std::vector<std::string> all;
    for (const json& good : good_elements()) {
        for (const std::string& odd : odd_values()) {
            const auto add = [&](const json& element, const std::string& name) {
                json named = element;
                named["id"] = "odd-" + std::to_string(all.size());
                all.push_back(with_value(named, name, odd));
            };
            for (const char* name : {"id", "kind", "subject", "body", "issuedAt", "principal",
                                     "expectedVersion", "replyTo", "traceparent", "role"})
                add(good, name);
            for (const auto& [name, value] : good.at("body").items()) {
                json marked = good;
                marked["body"][name] = "here";
                marked["id"] = "odd-" + std::to_string(all.size());
                std::string text = marked.dump();
                all.push_back(text.replace(text.find("\"here\""), 6, odd));
            }
        }
    }
    return all;
}

TEST_F(BadInputTest, odd_messages_are_answered_once_each) {
    const std::string url = system_->add_partner("oddcorp", {"ceres"});
    system_->start("itn-ingress");
    PartnerClient client(url);
    const auto elements = odd_elements();
    for (const std::string& element : elements)
        client.publish("[" + element + "]");
    EXPECT_TRUE(client.until([&] { return client.outcomes().size() >= elements.size(); }))
        << client.outcomes().size() << " of " << elements.size();
    json good = good_elements().front();
    good["id"] = "odd-and-good";
    client.publish(json::array({good}).dump());
    EXPECT_EQ(client.outcome_of("odd-and-good").value("outcome", ""), "applied");
    EXPECT_EQ(client.outcomes().size(), elements.size() + 1);
    for (const json& outcome : client.outcomes())
        EXPECT_TRUE(outcome.at("outcome") == "applied" || !outcome.value("code", "").empty());
    EXPECT_TRUE(system_->process("itn-ingress").is_running());
    EXPECT_EQ(count("parked"), 0) << system_->sql("SELECT detail FROM parked LIMIT 1");
}

}  // namespace
}  // namespace itn::tests
