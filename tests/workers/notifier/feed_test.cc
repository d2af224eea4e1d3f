#include "workers/notifier/feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier::tests {
namespace {

using itn::tests::WsClient;
using nlohmann::json;

/// A client that hears everything.
class Witness final {
public:
    explicit Witness(Rig& rig) : client_(rig.port(), "/ws/updates", std::chrono::seconds(10)) {
        client_.send_text(json{{"authorize", any_secret()}}.dump());
        EXPECT_EQ(next().value("type", ""), "hello");
    }
    json next() { return json::parse(client_.read_text(), nullptr, false); }
    /// The seqs of the next events, which are all of one lane.
    std::vector<std::int64_t> seqs(std::size_t count) {
        std::vector<std::int64_t> all;
        while (all.size() < count)
            all.push_back(next().value("seq", std::int64_t{-1}));
        return all;
    }

private:
    WsClient client_;
};

std::vector<wire::JournalEntry> append(Rig& rig, int count) {
    std::vector<wire::JournalEntry> entries;
    for (int i = 0; i < count; ++i)
        entries.push_back(rig.journal().append(trade_entry("t" + std::to_string(i))));
    return entries;
}

using testing::ElementsAre;

TEST(Feed, PassesMessagesOnInOrder) {
    Rig rig;
    Witness witness(rig);
    rig.tell(append(rig, 3));
    EXPECT_THAT(witness.seqs(3), ElementsAre(1, 2, 3));
    EXPECT_EQ(rig.metric("itn_feed_events_total"), 3);
    EXPECT_EQ(rig.metric("itn_feed_gaps_total"), 0);
}

TEST(Feed, TurnsAndDropsWhatComesWrongOrTwice) {
    Rig rig;
    Witness witness(rig);
    const auto entries = append(rig, 4);
    rig.tell({entries[2], entries[1]});
    rig.tell({entries[0], entries[0]});
    rig.tell({entries[1], entries[3]});
    EXPECT_THAT(witness.seqs(4), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(rig.metric("itn_feed_events_total"), 4);
}

TEST(Feed, ReadsWhatWasLostFromTheJournal) {
    Rig rig;
    Witness witness(rig);
    const auto entries = append(rig, 5);
    rig.tell({entries[0]});
    rig.tell({entries[4]});
    EXPECT_THAT(witness.seqs(5), ElementsAre(1, 2, 3, 4, 5));
    EXPECT_GE(rig.metric("itn_feed_gaps_total"), 1);
}

TEST(Feed, FindsALostTailByTheCounters) {
    Rig rig;
    Witness witness(rig);
    append(rig, 3);
    EXPECT_THAT(witness.seqs(3), ElementsAre(1, 2, 3));
}

TEST(Feed, GarbageIsNoEvent) {
    Rig rig;
    Witness witness(rig);
    rig.tell_text("garbage");
    rig.tell_text(R"([{"kind":"trade.confirmed"},7])");
    auto bogus = trade_entry("bogus");
    bogus.seq = 1'000'000;
    rig.tell({bogus});
    rig.happen(trade_entry("real"));
    EXPECT_EQ(witness.next().value("subject", ""), "real");
    EXPECT_TRUE(eventually([&] { return rig.metric("itn_feed_held") == 0; }));
}

TEST(Feed, ADeadBrokerOnlyDelays) {
    Rig rig;
    Witness witness(rig);
    rig.server().down();
    append(rig, 2'500);
    EXPECT_EQ(witness.seqs(2'500).back(), 2'500);
    rig.server().up();
    rig.wait_until_up();
    rig.happen(trade_entry("after"));
    EXPECT_THAT(witness.seqs(1), ElementsAre(2'501));
}

TEST(Feed, ACutIsBridged) {
    Rig rig;
    Witness witness(rig);
    for (int round = 0; round < 5; ++round) {
        rig.broker().cut();
        append(rig, 1);
        rig.wait_until_up();
        rig.happen(trade_entry("told"));
    }
    EXPECT_THAT(witness.seqs(10), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

TEST(Feed, ADeadDatabaseDelaysOnlyWhatWasLost) {
    Rig rig;
    Witness witness(rig);
    rig.journal().break_down();
    const auto entries = append(rig, 3);
    rig.tell({entries[0]});
    EXPECT_THAT(witness.seqs(1), ElementsAre(1));
    rig.tell({entries[2]});
    rig.journal().mend();
    EXPECT_THAT(witness.seqs(2), ElementsAre(2, 3));
}

TEST(Feed, AnotherEpochStartsEveryoneAnew) {
    Rig rig;
    Witness witness(rig);
    rig.happen(trade_entry("old"));
    EXPECT_EQ(witness.next().value("subject", ""), "old");
    rig.journal().replace("epoch-2");
    const json resync = witness.next();
    EXPECT_EQ(resync.value("type", ""), "resync_required");
    EXPECT_EQ(resync.value("reason", ""), "epoch_changed");
    const json hello = witness.next();
    EXPECT_EQ(hello.value("position", ""), "v1.epoch-2.");
    rig.happen(trade_entry("new"));
    const json event = witness.next();
    EXPECT_EQ(event.value("subject", ""), "new");
    EXPECT_EQ(event.value("seq", 0), 1);
}

TEST(Feed, StartsAtTheEndOfTheJournal) {
    Rig rig({.times = patient()}, false);
    append(rig, 7);
    rig.start_feed();
    rig.wait_until_up();
    Witness witness(rig);
    rig.happen(trade_entry("eighth"));
    EXPECT_THAT(witness.seqs(1), ElementsAre(8));
}

}  // namespace
}  // namespace itn::workers::notifier::tests
