// Every check is seen to hold on books that a whole voyage wrote, and to fail when they are
// falsified: each row of the table breaks one thing and names the checks that must notice.

#include "tools/audit/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/domain/decide.h"
#include "common/wire/ids.h"
#include "common/wire/notice.h"
#include "tests/common/storage/postgres_backend.h"

namespace itn::tools {
namespace {

using namespace storage::contract;
using domain::Command;
using domain::CommandKind;

const TransactionId trade("00000000-0000-8000-8000-000000000001");
const TransactionId waiting("00000000-0000-8000-8000-000000000002");
const ShipmentId shipment("voyage-1");

/// Decides commands one by one as the workers do.
class Books {
public:
    Books() {
        apply(CommandKind::inventory_adjust, "ceres/ice",
              domain::AdjustStock{.key = ceres_ice, .delta = Quantity(100)});
        for (const TransactionId& id : {trade, waiting}) {
            apply(CommandKind::trade_create, id.text(),
                  domain::CreateTrade{
                      .seller = ceres,
                      .buyer = vesta,
                      .destination = vesta,
                      .lines = {
                          {.product = ice, .quantity = Quantity(7), .unit_price = Credits(2)}}});
        }
        apply(CommandKind::cargo_create, shipment.text(),
              domain::CreateCargo{.origin = ceres,
                                  .destination = vesta,
                                  .own = {{.product = ice, .quantity = Quantity(3)}}});
        apply(CommandKind::cargo_load, shipment.text(),
              domain::LoadCargo{.trade = trade, .shipment = shipment});
        apply(CommandKind::cargo_depart, shipment.text(), domain::MoveCargo{});
        apply(CommandKind::trade_create, "00000000-0000-8000-8000-000000000003",
              domain::CreateTrade{
                  .seller = ceres,
                  .buyer = vesta,
                  .destination = vesta,
                  .lines = {
                      {.product = ice, .quantity = Quantity(1'000), .unit_price = Credits(2)}}});
    }

    storage::contract::PostgresBackend& backend() { return backend_; }

    /// The names of the checks that do not hold.
    std::vector<std::string> wrong(AuditOptions options = {.busy = true}) {
        std::vector<std::string> names;
        for (const Finding& finding : audit(backend_.url(), options)) {
            if (finding.wrong > 0) names.push_back(finding.check);
            EXPECT_EQ(finding.wrong > 0, !finding.examples.empty()) << finding.check;
        }
        return names;
    }

private:
    void apply(CommandKind kind, const std::string& subject, domain::CommandBody body) {
        const Command command{.id = CommandId("command-" + std::to_string(++count_)),
                              .principal = Principal("dev"),
                              .kind = kind,
                              .subject = subject,
                              .issued_at = at_second(count_),
                              .body = std::move(body)};
        const auto store = backend_.open(domain::family_of(kind));
        const auto transaction = store->begin();
        domain::World world;
        transaction->load(domain::wanted(command), world);
        const domain::Wanted stock = domain::wanted_stock(world, command);
        if (!stock.empty()) transaction->load(stock, world);
        const auto decision = domain::decide(world, command, {.now = at_second(count_)});
        const Lane lane = wire::lane_of(command, test_shards);
        storage::WriteSet writes{.world = &world};
        for (const domain::Fact& fact : decision.facts) {
            domain::evolve(world, fact);
            for (const domain::Move& move : fact.moves)
                writes.moves.push_back({.entry = writes.entries.size(), .move = move});
            writes.entries.push_back({.lane = lane,
                                      .kind = fact.event.kind,
                                      .subject = domain::subject_of(fact.event),
                                      .version = domain::version_of(fact.event),
                                      .caused_by = command.id.text(),
                                      .at = at_second(count_),
                                      .body = wire::render_body(fact.event)});
        }
        writes.outcomes = {an_outcome(command.id.text(), std::int64_t(writes.entries.size()))};
        writes.outcomes[0].lane = lane;
        if (!decision.rejection) writes.outcomes[0].kind = wire::OutcomeKind::applied;
        transaction->record(writes);
        transaction->commit();
    }

    storage::contract::PostgresBackend backend_;
    int count_ = 0;
};

TEST(Audit, HonestBooksHold) {
    Books books;
    EXPECT_THAT(books.wrong(), testing::IsEmpty());
    books.backend().execute("UPDATE lane SET published_seq = last_seq, reacted_seq = last_seq");
    EXPECT_THAT(books.wrong({}), testing::IsEmpty());
    std::int64_t examined = 0;
    for (const Finding& finding : audit(books.backend().url(), {})) {
        EXPECT_GT(finding.examined, 0) << finding.check;
        ++examined;
    }
    EXPECT_EQ(examined, 16);
}

TEST(Audit, WhatIsOnItsWayIsLookedAtAgain) {
    Books books;
    const auto wrong = [&](const std::function<void()>& wait) {
        const auto findings = audit_patiently(books.backend().url(), {}, wait);
        return std::ranges::count_if(findings, [](const Finding& one) { return one.wrong > 0; });
    };
    EXPECT_EQ(wrong([] {}), 1) << "what stays behind is wrong";
    EXPECT_EQ(wrong([&] {
                  books.backend().execute(
                      "UPDATE lane SET published_seq = last_seq, reacted_seq = last_seq");
              }),
              0);
    EXPECT_EQ(wrong([] { FAIL() << "nothing to wait for"; }), 0);
}

TEST(Audit, AcceptedCommandsHaveOneOutcomeEach) {
    Books books;
    EXPECT_THAT(books.wrong({.busy = true, .has_accepted = true, .accepted = {"command-1"}}),
                testing::IsEmpty());
    EXPECT_THAT(
        books.wrong({.busy = true, .has_accepted = true, .accepted = {"command-1", "lost"}}),
        testing::ElementsAre("every accepted command has one outcome"));
}

TEST(Audit, FalsifiedBooksAreFound) {
    struct Falsification {
        std::string sql;
        std::string check;
    };
    const Falsification falsifications[] = {
        {"UPDATE ledger SET delta = delta + 1 WHERE account = 'world'", "every move balances"},
        {"UPDATE ledger SET delta = delta + 1 WHERE account = 'world'", "goods are conserved"},
        {"UPDATE stock SET on_hand = on_hand + 1", "stock equals the ledger"},
        {"UPDATE trade SET lines = '[]'", "goods under way equal the ledger"},
        {"UPDATE ledger SET delta = delta - 500 WHERE account LIKE 'shipment:%'",
         "nothing is negative or oversold"},
        {"UPDATE stock SET reserved = reserved - 1 WHERE reserved > 0",
         "what is reserved is promised"},
        {"UPDATE trade SET status = 'cancelled' WHERE id = '" + waiting.text() + "'",
         "what is reserved is promised"},
        {"DELETE FROM cargo_trade", "shipments and their trades agree"},
        {"DELETE FROM journal WHERE seq = 1 AND lane LIKE 'cargo.%'", "lanes are contiguous"},
        {"UPDATE lane SET last_seq = last_seq + 1 WHERE last_seq > 0", "lanes are contiguous"},
        {"UPDATE journal SET version = 9 WHERE kind = 'cargo.loaded'",
         "versions of each subject are contiguous"},
        {"DELETE FROM outcome WHERE command_id = 'command-2'", "every event has its outcome"},
        {"UPDATE outcome SET seq = seq + 1 WHERE seq > 0", "every outcome points at its event"},
        {"UPDATE outcome SET kind = 'rejected' WHERE command_id = 'command-1'; "
         "UPDATE outcome SET seq = 1 WHERE command_id = 'command-1'",
         "what was refused moved nothing"},
        {"UPDATE trade SET total = total + 1", "trades are what their events say"},
        {"UPDATE cargo SET location = 'elsewhere'", "shipments are what their events say"},
        {"UPDATE stock SET version = version + 1 WHERE version > 0",
         "stock is what its events say"},
    };
    for (const Falsification& one : falsifications) {
        Books books;
        for (const std::string table : {"outcome", "journal", "ledger"}) {
            books.backend().execute("ALTER TABLE " + table +
                                    " DISABLE TRIGGER only_grows; GRANT ALL ON " + table +
                                    " TO CURRENT_USER");
        }
        books.backend().execute(one.sql);
        EXPECT_THAT(books.wrong(), testing::Contains(one.check)) << one.sql;
    }
}

}  // namespace
}  // namespace itn::tools
