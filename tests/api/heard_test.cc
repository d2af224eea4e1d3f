#include "api/heard.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/limits.h"

namespace itn::api {
namespace {

using identity::Role;

const Lane cargo_lane{.family = Family::cargo, .shard = 1};
const Lane trade_lane{.family = Family::trade, .shard = 2};

identity::Caller trader() {
    return identity::caller_of(Principal("user:nova"), identity::Roles(Role::trader),
                               identity::all_scopes, {StationId("ceres")});
}

/// A journal in memory that counts how often it is read.
class Journal final {
public:
    /// So many events of others, or of the trader's station.
    void others(Lane lane, int count) {
        add(lane, count, R"({"seller":"vesta","buyer":"pallas"})");
    }
    void own(Lane lane, int count) { add(lane, count, R"({"seller":"ceres","buyer":"vesta"})"); }

    storage::EventsSince read(const wire::Position& since, std::size_t most) {
        ++reads_;
        storage::EventsSince found{.complete = true, .reached = since};
        for (const auto& entry : entries_) {
            const auto seen = since.seqs.find(entry.lane);
            if (seen != since.seqs.end() && seen->second >= entry.seq) continue;
            found.complete = found.entries.size() < most;
            if (!found.complete) break;
            found.entries.push_back(entry);
            found.reached.seqs[entry.lane] = entry.seq;
        }
        return found;
    }
    Heard hear(const wire::Position& since, std::size_t limit) {
        const auto read_on = [this](const wire::Position& reached, std::size_t most) {
            return std::optional(read(reached, most));
        };
        return *hear_since(trader(), since, limit, read(since, limit), read_on);
    }
    /// How often since it was asked last.
    std::size_t reads() { return std::exchange(reads_, 0); }

private:
    void add(Lane lane, int count, const std::string& body) {
        for (; count > 0; --count)
            entries_.push_back({.lane = lane,
                                .seq = ++counters_[lane],
                                .kind = domain::EventKind::trade_confirmed,
                                .subject = lane.text() + "/" + std::to_string(counters_[lane]),
                                .body = body});
    }
    std::vector<wire::JournalEntry> entries_;  // lanes in order
    std::map<Lane, std::int64_t> counters_;
    std::size_t reads_ = 0;
};

TEST(HearSince, WhatIsOthersCostsFewReads) {
    Journal journal;
    journal.others(cargo_lane, 1'500);
    journal.own(cargo_lane, 2);
    journal.others(trade_lane, 30);
    const auto heard = journal.hear({.epoch = "e"}, 1);
    EXPECT_EQ(heard.rows.size(), 1U);
    EXPECT_EQ(heard.reached, (wire::Position{.epoch = "e", .seqs = {{cargo_lane, 1'501}}}));
    EXPECT_LE(journal.reads(), 2 + 1'500 / limits::max_page);
    const auto next = journal.hear(heard.reached, 2);
    EXPECT_EQ(next.rows.size(), 1U);
    EXPECT_EQ(next.reached.seqs,
              (std::map<Lane, std::int64_t>{{cargo_lane, 1'502}, {trade_lane, 30}}));
    EXPECT_LE(journal.reads(), 2U);
}

TEST(HearSince, PagesOfOneAreTheWholeOnce) {
    Journal journal;
    journal.own(cargo_lane, 3);
    journal.others(cargo_lane, 450);
    journal.own(cargo_lane, 1);
    journal.others(trade_lane, 7);
    journal.own(trade_lane, 2);
    journal.others(trade_lane, 201);
    const auto whole = journal.hear({.epoch = "e"}, limits::max_page);
    ASSERT_EQ(whole.rows.size(), 6U);
    std::vector<std::string> rows;
    wire::Position reached{.epoch = "e"};
    for (int pages = 0; pages < 7; ++pages) {
        auto page = journal.hear(reached, 1);
        EXPECT_LE(page.rows.size(), 1U);
        rows.insert(rows.end(), page.rows.begin(), page.rows.end());
        reached = page.reached;
    }
    EXPECT_EQ(rows, whole.rows);
    EXPECT_EQ(reached, whole.reached) << "over what nobody hears too";
}

TEST(HearSince, LooksAtNoMoreThanItsBound) {
    Journal journal;
    journal.others(cargo_lane, 5'000);
    const auto heard = journal.hear({.epoch = "e"}, 1);
    EXPECT_TRUE(heard.rows.empty());
    const auto seen = static_cast<std::size_t>(heard.reached.seqs.at(cargo_lane));
    EXPECT_GE(seen, limits::max_examined_updates);
    EXPECT_LT(seen, limits::max_examined_updates + limits::max_page);
    EXPECT_LE(journal.reads(), 2 + limits::max_examined_updates / limits::max_page);
}

TEST(HearSince, EndsWhenTheJournalIsReplacedMeanwhile) {
    Journal journal;
    journal.others(cargo_lane, 50);
    const auto replaced = [](const wire::Position& reached, std::size_t) {
        return std::optional(storage::EventsSince{.complete = false, .reached = reached});
    };
    const wire::Position start{.epoch = "e"};
    const auto heard = hear_since(trader(), start, 10, journal.read(start, 10), replaced);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->reached.seqs.at(cargo_lane), 10);
}

TEST(HearSince, EndsWhenNobodyWaits) {
    Journal journal;
    journal.others(cargo_lane, 5'000);
    int asked = 0;
    const auto answered = [&](const wire::Position&, std::size_t) {
        ++asked;
        return std::optional<storage::EventsSince>();
    };
    const wire::Position start{.epoch = "e"};
    EXPECT_FALSE(hear_since(trader(), start, 1, journal.read(start, 1), answered));
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace itn::api
