#include "workers/committer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/base/limits.h"
#include "common/storage/store_memory.h"
#include "tests/workers/orders.h"

namespace itn::workers {
namespace {

using namespace std::chrono_literals;
using storage::InDoubt;
using storage::MemoryDatabase;
using storage::MemoryStore;
using test::restock;
using test::text;
using test::trade;

const domain::StockKey ceres_ice{StationId("ceres"), ProductId("ice")};

class CommitterTest : public testing::Test {
protected:
    CommitterTest() {
        for (const char* id : {"ceres", "europa"})
            database_->add_station(StationId(id));
        database_->add_product(ProductId("ice"));
        database_->set_rights(test::rights_of_dev());
    }

    static std::shared_ptr<MemoryDatabase> database() {
        return std::make_shared<MemoryDatabase>(test::shards);
    }
    CommitterOptions options() {
        return {.on_trouble =
                    [this](const std::string& trouble) {
                        const std::lock_guard lock(mutex_);
                        troubles_.push_back(trouble);
                    },
                .most_faults_a_minute = 2,
                .retry_first = 1ms,
                .retry_most = 2ms};
    }
    std::vector<std::string> process(const std::vector<Item>& items) {
        std::vector<std::string> answers;
        for (const Answer& answer : committer_.process(items).answers) {
            answers.push_back(text(answer.outcome));
        }
        return answers;
    }
    std::int64_t on_hand() { return database_->stock().at(ceres_ice).on_hand.value(); }
    std::int64_t reserved() { return database_->stock().at(ceres_ice).reserved.value(); }
    bool is_troubled() {
        const std::lock_guard lock(mutex_);
        return !troubles_.empty() && !troubles_.back().empty();
    }

    using Texts = std::vector<std::string>;
    std::shared_ptr<MemoryDatabase> database_ = database();
    MemoryStore store_{database_};
    runtime::ManualClock clock_{runtime::SystemClock().now()};
    StopFlag stop_;
    std::mutex mutex_;
    std::vector<std::string> troubles_;
    Committer committer_{store_, clock_, stop_, options()};
};

TEST_F(CommitterTest, lets_the_tenth_command_see_what_the_ninth_did) {
    EXPECT_EQ(process({restock("a", "ceres", 10), trade("b", "ceres", "europa", 6),
                       trade("c", "ceres", "europa", 6), trade("d", "ceres", "europa", 4)}),
              (Texts{"applied", "applied", "rejected insufficient_stock", "applied"}));
    EXPECT_EQ(reserved(), 10);
}

TEST_F(CommitterTest, numbers_each_lane_from_one_without_a_gap) {
    const Committed done =
        committer_.process(std::vector{restock("a", "ceres", 10), trade("b", "ceres", "europa", 6),
                                       trade("c", "ceres", "europa", 1)});
    std::map<Lane, std::int64_t> last;
    for (const Happened& happened : done.happened) {
        EXPECT_EQ(happened.entry.seq, ++last[happened.entry.lane]);
    }
    EXPECT_EQ(last.size(), 2u);
    for (const auto& [lane, seq] : last) {
        EXPECT_EQ(database_->journal(lane).size(), static_cast<std::size_t>(seq));
    }
    EXPECT_EQ(done.answers[2].outcome.seq, last[done.answers[2].outcome.lane]);
}

TEST_F(CommitterTest, tells_what_must_follow) {
    const Committed done = committer_.process(
        std::vector{restock("a", "ceres", 10), trade("b", "ceres", "europa", 6)});
    std::vector<domain::Reaction> reactions;
    for (const Happened& happened : done.happened) {
        reactions.insert(reactions.end(), happened.reactions.begin(), happened.reactions.end());
    }
    ASSERT_EQ(reactions.size(), 1u);
    EXPECT_EQ(reactions[0].kind, domain::CommandKind::cargo_load);
}

TEST_F(CommitterTest, applies_a_command_once_however_often_it_comes) {
    const Item item = restock("a", "ceres", 10);
    EXPECT_EQ(process({item, item}), (Texts{"applied", "applied"}));
    EXPECT_EQ(process({item}), (Texts{"applied"}));
    EXPECT_EQ(on_hand(), 10);
    EXPECT_TRUE(committer_.process(std::vector{item}).happened.empty());
}

TEST_F(CommitterTest, answers_a_reused_key_and_keeps_the_first_outcome) {
    EXPECT_EQ(process({restock("a", "ceres", 10), restock("a", "ceres", 11)}),
              (Texts{"applied", "rejected key_reuse"}));
    EXPECT_EQ(process({restock("a", "ceres", 12)}), (Texts{"rejected key_reuse"}));
    EXPECT_EQ(on_hand(), 10);
    EXPECT_EQ(text(database_->outcomes().begin()->second), "applied");
}

TEST_F(CommitterTest, keeps_the_same_key_of_two_principals_apart) {
    auto rights = test::rights_of_dev();
    rights.principal = Principal("somebody");
    database_->set_rights(rights);
    Item other = restock("a", "ceres", 5);
    other.envelope.command.principal = rights.principal;
    EXPECT_EQ(process({restock("a", "ceres", 10), other}), (Texts{"applied", "applied"}));
    EXPECT_EQ(on_hand(), 15);
}

TEST_F(CommitterTest, finds_out_whether_a_commit_in_doubt_happened) {
    for (const InDoubt how : {InDoubt::nothing_happened, InDoubt::took_effect}) {
        database_->fail_next_commit(how);
        const std::string key = how == InDoubt::took_effect ? "a" : "b";
        EXPECT_EQ(process({restock(key, "ceres", 10)}), (Texts{"applied"}));
    }
    EXPECT_EQ(on_hand(), 20);
}

TEST_F(CommitterTest, tries_again_for_as_long_as_the_machine_fails) {
    database_->fail_next_calls(50);
    EXPECT_EQ(process({restock("a", "ceres", 10)}), (Texts{"applied"}));
    EXPECT_FALSE(is_troubled());
    EXPECT_GE(troubles_.size(), 50u);
    EXPECT_TRUE(database_->parked().empty());
}

TEST_F(CommitterTest, parks_the_one_command_at_fault_and_commits_its_neighbours) {
    std::vector<Item> items;
    for (int i = 0; i < 20; ++i)
        items.push_back(restock("k" + std::to_string(i), "ceres", 1));
    database_->fault_on(CommandId("k13"), "22003");
    const Texts answers = process(items);
    for (std::size_t i = 0; i < items.size(); ++i) {
        EXPECT_EQ(answers[i], i == 13 ? "failed 22003" : "applied") << i;
    }
    EXPECT_EQ(on_hand(), 19);
    ASSERT_EQ(database_->parked().size(), 1u);
    EXPECT_EQ(database_->parked()[0].command_id, "k13");
    EXPECT_EQ(database_->parked()[0].payload, wire::render(items[13].envelope));
    EXPECT_EQ(process({items[13]}), (Texts{"failed 22003"}));
}

TEST_F(CommitterTest, parks_nothing_more_when_commands_keep_failing_alike) {
    for (const char* key : {"a", "b", "c"})
        database_->fault_on(CommandId(key), "22003");
    EXPECT_EQ(process({restock("a", "ceres", 1)}), (Texts{"failed 22003"}));
    EXPECT_EQ(process({restock("b", "ceres", 1)}), (Texts{"failed 22003"}));
    std::thread mend([&] {
        while (!is_troubled())
            std::this_thread::yield();
        database_->forgive(CommandId("c"));
    });
    EXPECT_EQ(process({restock("c", "ceres", 1)}), (Texts{"applied"}));
    mend.join();
    EXPECT_FALSE(is_troubled());
    clock_.advance(2min);
    database_->fault_on(CommandId("d"), "22003");
    EXPECT_EQ(process({restock("d", "ceres", 1)}), (Texts{"failed 22003"}));
}

TEST_F(CommitterTest, counts_the_attempts_at_a_suspect_and_parks_it_in_the_end) {
    Item suspect = restock("a", "ceres", 1);
    suspect.suspect = true;
    const storage::OutcomeKey key{.principal = Principal("dev"), .id = CommandId("a")};
    for (int i = 0; i < 3; ++i)
        store_.count_attempt(key);
    EXPECT_EQ(process({restock("b", "ceres", 5), suspect, restock("c", "ceres", 5)}),
              (Texts{"applied", "failed attempts", "applied"}));
    EXPECT_EQ(on_hand(), 10);
}

TEST_F(CommitterTest, applies_a_suspect_that_does_no_harm) {
    Item suspect = restock("a", "ceres", 1);
    suspect.suspect = true;
    EXPECT_EQ(process({suspect, suspect}), (Texts{"applied", "applied"}));
    EXPECT_EQ(on_hand(), 1);
}

TEST_F(CommitterTest, keeps_a_rejected_reaction_for_people_to_see) {
    const auto missing = trade("t", "ceres", "europa", 1).envelope.command.subject;
    Item reaction = test::move("r", domain::CommandKind::trade_complete, missing);
    reaction.envelope.command.principal = domain::system_principal;
    EXPECT_EQ(process({reaction}), (Texts{"failed trade_not_found"}));
    ASSERT_EQ(database_->parked().size(), 1u);
    EXPECT_EQ(database_->parked()[0].reason, "reaction_rejected");
    const auto journal = database_->journal(reaction.lane);
    ASSERT_EQ(journal.size(), 1u);
    EXPECT_EQ(journal[0].kind, domain::EventKind::critical);
}

TEST_F(CommitterTest, refuses_whom_the_database_does_not_let) {
    const Principal nova{"user:nova"};
    const auto of_nova = [&](Item item) {
        item.envelope.command.principal = nova;
        return item;
    };
    storage::Rights rights{.principal = nova,
                           .roles = identity::Roles(identity::Role::operator_),
                           .stations = {StationId("europa")}};
    EXPECT_EQ(process({of_nova(restock("a", "europa", 1))}), (Texts{"rejected forbidden"}));
    database_->set_rights(rights);
    EXPECT_EQ(process({of_nova(restock("b", "europa", 1)), of_nova(restock("c", "ceres", 1))}),
              (Texts{"applied", "rejected forbidden"}));
    // What was refused is remembered, whatever rights come later.
    rights.stations = {StationId("ceres"), StationId("europa")};
    database_->set_rights(rights);
    EXPECT_EQ(process({of_nova(restock("c", "ceres", 1)), of_nova(restock("d", "ceres", 1))}),
              (Texts{"rejected forbidden", "applied"}));
    EXPECT_EQ(on_hand(), 1);
}

TEST_F(CommitterTest, believes_for_a_while_what_allows_and_never_what_forbids) {
    auto rights = test::rights_of_dev();
    int reads = 0;
    database_->set_hook([&](std::string_view call) { reads += call == "rights" ? 1 : 0; });
    EXPECT_EQ(process({restock("a", "ceres", 1)}), (Texts{"applied"}));
    EXPECT_EQ(process({restock("b", "ceres", 1)}), (Texts{"applied"}));
    EXPECT_EQ(reads, 1);
    rights.disabled = true;
    database_->set_rights(rights);
    EXPECT_EQ(process({restock("c", "ceres", 1)}), (Texts{"applied"}));
    EXPECT_EQ(reads, 1);
    clock_.advance(limits::caller_life);
    EXPECT_EQ(process({restock("d", "ceres", 1), restock("e", "ceres", 1)}),
              (Texts{"rejected forbidden", "rejected forbidden"}));
    EXPECT_EQ(reads, 2);
    rights.disabled = false;
    database_->set_rights(rights);
    EXPECT_EQ(process({restock("f", "ceres", 1)}), (Texts{"applied"}));
    EXPECT_EQ(reads, 3);
}

TEST_F(CommitterTest, lets_nobody_in_while_rights_cannot_be_read) {
    int failures = 3;
    database_->set_hook([&](std::string_view call) {
        if (call == "rights" && failures-- > 0) throw storage::MachineFailure("no rights");
    });
    EXPECT_EQ(process({restock("a", "ceres", 1)}), (Texts{"applied"}));
    EXPECT_LT(failures, 1);
    EXPECT_EQ(on_hand(), 1);
}

TEST_F(CommitterTest, leaves_no_trace_of_a_trade_its_principal_may_not_make) {
    Item foreign = trade("t", "ceres", "europa", 1);
    foreign.envelope.command.principal = Principal("user:nobody");
    EXPECT_EQ(process({foreign}), (Texts{"rejected forbidden"}));
    EXPECT_TRUE(database_->trades().empty());
    EXPECT_TRUE(database_->journal(foreign.lane).empty());
    EXPECT_EQ(database_->outcomes().size(), 1u);
}

TEST_F(CommitterTest, warns_of_commands_from_whom_they_may_not_come) {
    const Lane lane = restock("a", "ceres", 1).lane;
    committer_.park_unreadable(std::vector<storage::Parked>{
        {.lane = lane, .reason = "unreadable", .payload = "?"},
        {.lane = lane, .command_id = "a", .reason = wrong_sender, .detail = "d", .payload = "!"}});
    EXPECT_EQ(database_->parked().size(), 2u);
    const auto journal = database_->journal(lane);
    ASSERT_EQ(journal.size(), 1u);
    EXPECT_EQ(journal[0].kind, domain::EventKind::critical);
    EXPECT_EQ(journal[0].subject, "a");
}

TEST_F(CommitterTest, leaves_everything_to_the_broker_when_told_to_stop) {
    database_->fail_next_calls(1'000'000);
    std::thread other([&] {
        while (!is_troubled())
            std::this_thread::yield();
        stop_.set();
    });
    EXPECT_THROW(process({restock("a", "ceres", 1)}), Stopped);
    other.join();
    EXPECT_TRUE(database_->outcomes().empty());
}

TEST_F(CommitterTest, never_applies_twice_what_two_workers_hold) {
    std::vector<Item> items;
    for (int i = 0; i < 200; ++i)
        items.push_back(restock("k" + std::to_string(i), "ceres", 1));
    const auto work = [&] {
        MemoryStore store(database_);
        StopFlag stop;
        Committer committer(store, clock_, stop, {.retry_first = 1ms, .retry_most = 2ms});
        for (std::size_t from = 0; from < items.size(); from += 7) {
            committer.process(std::span(items).subspan(from, std::min<std::size_t>(7, 200 - from)));
        }
    };
    std::thread one(work), two(work);
    one.join();
    two.join();
    EXPECT_EQ(on_hand(), 200);
    EXPECT_EQ(database_->outcomes().size(), 200u);
}

}  // namespace
}  // namespace itn::workers
