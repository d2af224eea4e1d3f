// How many keys one owner may have and make, and how many a list of them shows.

#include <gtest/gtest.h>

#include <algorithm>
#include <future>

#include "tests/api/people.h"

namespace itn::api::tests {
namespace {

class KeyBoundsPg : public testing::Test {
protected:
    /// Keys of ada's, each of a name of its own, of which the first is the youngest.
    void put(const std::string& prefix, int count, const std::string& age, bool is_revoked) {
        people_.texts(
            "INSERT INTO api_key (id, principal, name, secret_hash, scopes, created_at, "
            "expires_at, revoked_at) SELECT '" +
            prefix + "' || n, 'user:" + id_ + "', '" + prefix +
            "' || n, decode(repeat('00', 32), 'hex'), 'read', now() - interval '" + age +
            "' - n * interval '1 second', now() + interval '30 days', " +
            (is_revoked ? "now()" : "NULL") + " FROM generate_series(1, " + std::to_string(count) +
            ") n RETURNING id");
    }
    HttpReply make(const std::string& name) { return make(name, ada_); }
    HttpReply make(const std::string& name, const Headers& headers) {
        return people_.post("/api/keys", {{"name", name}, {"scopes", {"read"}}}, headers);
    }
    HttpReply revoke(const HttpReply& made) {
        return people_.erase(std::string(*made.header("Location")), ada_);
    }

    People people_;
    const std::string id_ = people_.join("ada");
    const Headers ada_ = people_.as("ada");
};

TEST_F(KeyBoundsPg, AHundredAreActive) {
    put("active", 99, "2 days", false);
    put("dead", 150, "2 days", true);
    const auto last = make("last");
    EXPECT_EQ(last.status, 201) << last.body;
    const auto refused = make("more");
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(slug_of(refused), "too_many_keys");
    EXPECT_EQ(revoke(last).status, 204);
    EXPECT_EQ(make("more").status, 201);
}

TEST_F(KeyBoundsPg, OfManyMadeAtOnceTheLastOneStands) {
    put("active", 99, "2 days", false);
    std::vector<std::future<int>> made;
    for (int n = 0; n < 8; ++n)
        made.push_back(std::async(std::launch::async,
                                  [&, n] { return make("k" + std::to_string(n)).status; }));
    std::vector<int> statuses;
    for (auto& one : made)
        statuses.push_back(one.get());
    EXPECT_EQ(std::ranges::count(statuses, 201), 1);
    EXPECT_EQ(std::ranges::count(statuses, 409), 7);
}

TEST_F(KeyBoundsPg, TwoHundredAreMadeWithinADay) {
    put("dead", 199, "20 hours", true);
    const auto last = make("last");
    EXPECT_EQ(last.status, 201) << last.body;
    EXPECT_EQ(revoke(last).status, 204);
    const auto refused = make("more");
    EXPECT_EQ(refused.status, 409) << refused.body;
    EXPECT_EQ(slug_of(refused), "too_many_keys");
    EXPECT_NE(refused.body.find("within a day"), std::string::npos) << refused.body;
    people_.join("bob");
    EXPECT_EQ(make("first", people_.as("bob")).status, 201);
    people_.texts("UPDATE api_key SET created_at = created_at - interval '4 hours' RETURNING id");
    EXPECT_EQ(make("more").status, 201);
}

TEST_F(KeyBoundsPg, AListIsOnePageAndShowsWhatIsActive) {
    put("active", 90, "20 days", false);
    put("old", 200, "15 days", true);
    put("new", 100, "3 days", true);
    const auto listed = Json::parse(people_.get("/api/keys", ada_).body).at("data");
    EXPECT_EQ(listed.size(), 200U);
    const auto named = [&](const std::string& prefix) {
        return std::ranges::count_if(listed, [&](const Json& key) {
            return key.at("name").get<std::string>().starts_with(prefix);
        });
    };
    EXPECT_EQ(named("active"), 90);
    EXPECT_EQ(named("new"), 100);
    EXPECT_EQ(named("old"), 10);
    EXPECT_TRUE(std::ranges::is_sorted(listed, {}, [](const Json& key) {
        return key.at("createdAt").get<std::string>();
    })) << "in the order in which they were made";
}

}  // namespace
}  // namespace itn::api::tests
