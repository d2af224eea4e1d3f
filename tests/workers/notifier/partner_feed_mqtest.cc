#include "workers/notifier/partner_feed.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "common/messaging/broker_rabbitmq.h"
#include "common/messaging/partner_queues.h"
#include "common/messaging/topology_declare.h"
#include "tests/common/storage/postgres_backend.h"
#include "tests/support/private_rabbitmq.h"

namespace itn::workers::notifier {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using storage::Partner;

bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(5ms);
    }
    return true;
}

messaging::ConnectionSettings broker_settings(const std::string& name) {
    const auto url = messaging::parse_broker_url(tests::private_rabbitmq().url());
    return messaging::settings_for(*url, {}, name);
}

/// A database and a broker with partners; the loop has a thread of its own.
class PartnerFeedTest : public testing::Test {
protected:
    PartnerFeedTest() {
        db_.execute("INSERT INTO lane (name) VALUES ('trade.00') ON CONFLICT DO NOTHING");
        messaging::declare_topology(broker_settings("test"), messaging::topology(1));
        broker_ = std::make_unique<messaging::RabbitBroker>(loop_, broker_settings("feeder"),
                                                            messaging::LogSink());
        broker_->start([](messaging::State) {});
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~PartnerFeedTest() override {
        feeds_.clear();
        loop_.post([this] { broker_->stop([this] { loop_.stop(); }); });
        thread_.join();
    }

    void start_feeder() {
        feeds_.push_back(
            std::make_unique<PartnerFeed>(db_.url(), "feed-test", loop_, *broker_, metrics_));
    }
    /// A partner whose name nobody had before, with its queues unless said otherwise.
    std::string add_partner(const std::string& station, bool with_queue = true) {
        static int count = 0;
        const std::string name = "partner" + std::to_string(++count);
        if (with_queue) {
            messaging::declare_topology(broker_settings("test"), messaging::partner_topology(name));
            loop_.post([this, name] { listen(name); });
        }
        EXPECT_EQ(accounts_.add_partner({.name = name, .stations = {StationId(station)}},
                                        *from_rfc3339("2031-04-05T06:07:08Z"), Principal("test")),
                  storage::Changed::done);
        return name;
    }
    void listen(const std::string& name) {
        const std::string queue = messaging::partner_event_queue(name);
        broker_->subscribe(queue, 100, [this, name](const messaging::Delivery& delivery) {
            broker_->ack(delivery.tag);
            const std::lock_guard lock(mutex_);
            for (const json& event : json::parse(delivery.body))
                heard_[name].push_back(event);
        });
    }
    /// A trade of ceres, or of vesta, with nobody who is here.
    void happen(const std::string& seller, const std::string& subject) {
        db_.execute(
            "UPDATE lane SET last_seq = last_seq + 1 WHERE name = 'trade.00'; "
            "INSERT INTO journal SELECT last_seq, 1, now(), name, 'trade.confirmed', '" +
            subject + "', 'c', '', '{\"seller\":\"" + seller +
            "\",\"buyer\":\"nobody\"}' FROM lane WHERE name = 'trade.00'");
        for (const auto& feed : feeds_)
            feed->wake();
    }
    std::vector<std::string> subjects(const std::string& partner) {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const json& event : heard_[partner])
            all.push_back(event.at("subject"));
        return all;
    }
    bool hears(const std::string& partner, const std::string& subject) {
        return eventually([&] {
            const auto all = subjects(partner);
            return !all.empty() && all.back() == subject;
        });
    }
    json events(const std::string& partner) {
        const std::lock_guard lock(mutex_);
        return heard_[partner];
    }

    storage::contract::PostgresBackend db_;
    storage::Accounts accounts_{db_.url(), "feed-test"};
    runtime::Loop loop_;
    runtime::Metrics metrics_;
    std::unique_ptr<messaging::RabbitBroker> broker_;
    std::vector<std::unique_ptr<PartnerFeed>> feeds_;
    std::thread thread_;
    std::mutex mutex_;
    std::map<std::string, std::vector<json>> heard_;
};

using Subjects = std::vector<std::string>;

TEST_F(PartnerFeedTest, PartnersHearWhatTheirStationsArePartyTo) {
    happen("ceres", "before");
    start_feeder();
    const std::string acme = add_partner("ceres");
    const std::string other = add_partner("vesta");
    for (const char* subject : {"a", "b"})
        happen("ceres", subject);
    happen("vesta", "c");
    happen("ceres", "d");
    ASSERT_TRUE(hears(acme, "d"));
    ASSERT_TRUE(hears(other, "c"));
    EXPECT_EQ(subjects(acme), (Subjects{"a", "b", "d"}));
    EXPECT_EQ(subjects(other), Subjects{"c"});
    const json all = events(acme);
    for (std::size_t i = 1; i < all.size(); ++i)
        EXPECT_EQ(all[i].at("after"), all[i - 1].at("position"));
    EXPECT_EQ(all[2].at("lane"), "trade.00");
    EXPECT_EQ(all[2].at("seq"), 5);
    storage::Reader reader(db_.url(), "feed-test");
    EXPECT_EQ(all[2].at("position"), wire::render(reader.position()));
}

TEST_F(PartnerFeedTest, WhatHappenedWhileNobodyFedComesLater) {
    start_feeder();
    const std::string acme = add_partner("ceres");
    happen("ceres", "a");
    ASSERT_TRUE(hears(acme, "a"));
    feeds_.clear();
    happen("ceres", "b");
    start_feeder();
    happen("ceres", "c");
    ASSERT_TRUE(hears(acme, "c"));
    // At least once: only what was not marked in time may come again.
    const auto all = subjects(acme);
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()),
              (std::set<std::string>{"a", "b", "c"}));
}

TEST_F(PartnerFeedTest, WhoIsMadeWhileNobodyFeedsMissesNothing) {
    happen("ceres", "before");
    const std::string acme = add_partner("ceres");
    happen("ceres", "a");
    start_feeder();
    happen("ceres", "b");
    ASSERT_TRUE(hears(acme, "b"));
    EXPECT_EQ(subjects(acme), (Subjects{"a", "b"}));
}

TEST_F(PartnerFeedTest, OneOfManyFeedsAndAnotherTakesOver) {
    start_feeder();
    const std::string acme = add_partner("ceres");
    happen("ceres", "first");
    ASSERT_TRUE(hears(acme, "first"));
    start_feeder();
    Subjects expected{"first"};
    for (int i = 0; i < 20; ++i) {
        expected.push_back("t" + std::to_string(i));
        happen("ceres", expected.back());
    }
    ASSERT_TRUE(hears(acme, expected.back()));
    EXPECT_EQ(subjects(acme), expected) << "nothing twice";
    feeds_.erase(feeds_.begin());
    happen("ceres", "after");
    EXPECT_TRUE(hears(acme, "after"));
}

TEST_F(PartnerFeedTest, APartnerWithoutAQueueStopsNobody) {
    start_feeder();
    const std::string lost = add_partner("ceres", false);
    const std::string acme = add_partner("ceres");
    happen("ceres", "a");
    EXPECT_TRUE(hears(acme, "a"));
    messaging::declare_topology(broker_settings("test"), messaging::partner_topology(lost));
    loop_.post([this, lost] { listen(lost); });
    happen("ceres", "b");
    ASSERT_TRUE(hears(lost, "b"));
    EXPECT_EQ(subjects(lost), Subjects{"b"});
    EXPECT_EQ(events(lost)[0].at("after"), events(acme)[0].at("position")) << "a gap to be seen";
}

TEST_F(PartnerFeedTest, WhoWasDisabledSeesWhatItMissed) {
    start_feeder();
    const std::string acme = add_partner("ceres");
    const std::string other = add_partner("ceres");
    const auto disable = [&](bool is_disabled) {
        EXPECT_EQ(
            accounts_.change_partner(acme, {StationId("ceres")}, is_disabled,
                                     *from_rfc3339("2031-04-05T06:07:09Z"), Principal("test")),
            storage::Changed::done);
    };
    happen("ceres", "a");
    ASSERT_TRUE(hears(acme, "a"));
    disable(true);
    happen("ceres", "missed");
    ASSERT_TRUE(hears(other, "missed"));
    disable(false);
    happen("ceres", "b");
    ASSERT_TRUE(hears(acme, "b"));
    EXPECT_EQ(subjects(acme), (Subjects{"a", "b"}));
    ASSERT_TRUE(hears(other, "b"));
    EXPECT_EQ(events(acme)[1].at("after"), events(other)[1].at("position")) << "a gap to be seen";
    EXPECT_EQ(events(other)[2].at("after"), events(other)[1].at("position"));
}

TEST_F(PartnerFeedTest, WhenTheLastPartnerGoesNothingIsKeptForTheNext) {
    start_feeder();
    const std::string acme = add_partner("ceres");
    happen("ceres", "a");
    ASSERT_TRUE(hears(acme, "a"));
    EXPECT_EQ(accounts_.change_partner(acme, {StationId("ceres")}, true,
                                       *from_rfc3339("2031-04-05T06:07:09Z"), Principal("test")),
              storage::Changed::done);
    const auto marks = [this] {
        return db_.execute("SELECT count(*) FROM partner_feed")[0][0].as<int>();
    };
    ASSERT_TRUE(eventually([&] { return marks() == 0; }));
    const std::string next = add_partner("ceres");
    happen("ceres", "b");
    ASSERT_TRUE(hears(next, "b"));
    EXPECT_EQ(subjects(next), Subjects{"b"});
    EXPECT_EQ(subjects(acme), Subjects{"a"});
}

}  // namespace
}  // namespace itn::workers::notifier
