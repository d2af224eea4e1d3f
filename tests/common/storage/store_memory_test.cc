#include "common/storage/store_memory.h"

#include <gtest/gtest.h>

#include "tests/common/storage/store_contract.h"

namespace itn::storage {
namespace {

using namespace contract;

class MemoryBackend {
public:
    MemoryBackend() {
        for (const StationId& station : {ceres, vesta})
            database_->add_station(station);
        for (const ProductId& product : {ice, ore})
            database_->add_product(product);
    }
    std::unique_ptr<Store> open(Family) { return std::make_unique<MemoryStore>(database_); }
    std::size_t parked() { return database_->parked().size(); }
    std::size_t instances() { return database_->instances().size(); }
    void set_rights(const Rights& rights) { database_->set_rights(rights); }
    MemoryDatabase& database() { return *database_; }

private:
    std::shared_ptr<MemoryDatabase> database_ = std::make_shared<MemoryDatabase>();
};

}  // namespace

namespace contract {
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StoreContract, MemoryBackend);
}

namespace {

class MemoryFailures : public ::testing::Test {
protected:
    MemoryBackend backend_;
    MemoryDatabase& database_ = backend_.database();
    std::unique_ptr<Store> store_ = backend_.open(Family::trade);
};

TEST_F(MemoryFailures, ACommitInDoubtMayHaveTakenEffectOrNot) {
    WriteSet writes{.outcomes = {an_outcome("c1")}};
    database_.fail_next_commit(InDoubt::nothing_happened);
    EXPECT_THROW(write(*store_, writes), MachineFailure);
    EXPECT_TRUE(database_.outcomes().empty());
    database_.fail_next_commit(InDoubt::took_effect);
    EXPECT_THROW(write(*store_, writes), MachineFailure);
    EXPECT_EQ(database_.outcomes().size(), 1U);
    EXPECT_THROW(write(*store_, writes), OutcomeTaken);
}

TEST_F(MemoryFailures, CallsFailAsOftenAsAsked) {
    database_.fail_next_calls(2);
    EXPECT_THROW(store_->begin(), MachineFailure);
    EXPECT_THROW(store_->epoch(), MachineFailure);
    EXPECT_EQ(store_->epoch(), "memory");
}

TEST_F(MemoryFailures, AFaultFollowsItsCommandUntilItIsForgiven) {
    database_.fault_on(CommandId("bad"), "22003");
    WriteSet writes{.outcomes = {an_outcome("good"), an_outcome("bad")}};
    EXPECT_EQ(sqlstate_of([&] { write(*store_, writes); }), "22003");
    EXPECT_TRUE(database_.outcomes().empty());
    WriteSet parked{.outcomes = {an_outcome("bad")}};
    parked.outcomes[0].kind = wire::OutcomeKind::failed;
    write(*store_, parked);
    database_.forgive(CommandId("bad"));
    WriteSet good{.outcomes = {an_outcome("good")}};
    write(*store_, good);
    EXPECT_EQ(database_.outcomes().size(), 2U);
}

TEST_F(MemoryFailures, TheHookSeesEachCall) {
    std::vector<std::string> calls;
    database_.set_hook([&](std::string_view call) { calls.emplace_back(call); });
    WriteSet writes;
    write(*store_, writes);
    EXPECT_EQ(calls, (std::vector<std::string>{"begin", "record", "commit"}));
}

}  // namespace
}  // namespace itn::storage
