// What one batch costs: gather, record and commit of `batch` trade.create commands (an outcome, a
// trade and two journal entries each, their stock row shared), through the real store with nothing
// decided. Prints milliseconds per batch and how the client's CPU time compares.
//
//   store_bench <url of a migrated database> [batch = 200] [batches = 200]

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/domain/decide.h"
#include "common/runtime/uuid.h"
#include "common/storage/reader.h"
#include "common/storage/store_postgres.h"
#include "common/wire/ids.h"
#include "common/wire/notice.h"

namespace {

using namespace itn;
using Clock = std::chrono::steady_clock;

constexpr int stations = 12;
constexpr int products = 30;

StationId station_of(int i) {
    return StationId("station-" + std::to_string(i % stations));
}
ProductId product_of(int i) {
    return ProductId("product-" + std::to_string(i % products));
}

Timestamp now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

void seed(const std::string& url) {
    storage::Reader reader(url, "store-bench");
    const storage::Cause cause{.at = now()};
    for (int i = 0; i < stations; ++i) {
        reader.create_station({.id = station_of(i), .name = "S", .kind = "planet"}, cause);
    }
    for (int i = 0; i < products; ++i)
        reader.create_product({.id = product_of(i), .name = "P"}, cause);
}

void record(const domain::Fact& fact, const CommandId& cause, Lane lane, Timestamp at,
            storage::WriteSet& writes) {
    writes.entries.push_back({.lane = lane,
                              .kind = fact.event.kind,
                              .subject = domain::subject_of(fact.event),
                              .version = domain::version_of(fact.event),
                              .caused_by = cause.text(),
                              .at = at,
                              .body = wire::render_body(fact.event)});
    for (const domain::Move& move : fact.moves)
        writes.moves.push_back({.entry = writes.entries.size() - 1, .move = move});
}

/// One batch through the store: every command is decided by the domain as a worker would.
void run(storage::Store& store, const std::vector<domain::Command>& commands, Timestamp at) {
    const auto transaction = store.begin();
    std::vector<storage::OutcomeKey> keys;
    domain::Wanted wanted;
    for (const domain::Command& command : commands) {
        keys.push_back({command.principal, command.id});
        wanted.merge(domain::wanted(command));
    }
    if (!transaction->known(keys).empty()) std::abort();
    domain::World world;
    transaction->load(wanted, world);
    storage::WriteSet writes{.world = &world};
    const std::string hash = wire::sha256_hex("bench");
    for (const domain::Command& command : commands) {
        const Lane lane = wire::lane_of(command, 16);
        const domain::Decision decision = domain::decide(world, command, {.now = at});
        for (const domain::Fact& fact : decision.facts) {
            domain::evolve(world, fact);
            record(fact, command.id, lane, at, writes);
        }
        writes.outcomes.push_back(
            {.principal = command.principal,
             .id = command.id,
             .payload_hash = hash,
             .kind = decision.rejection ? wire::OutcomeKind::rejected : wire::OutcomeKind::applied,
             .subject = decision.subject,
             .lane = lane,
             .seq = std::int64_t(writes.entries.size()),
             .at = at});
    }
    transaction->record(writes);
    transaction->commit();
}

domain::Command trade_command(int i) {
    const std::string key = runtime::uuid_v7();
    const Principal principal("dev");
    const StationId seller = station_of(i);
    return {.id = CommandId(key),
            .principal = principal,
            .kind = domain::CommandKind::trade_create,
            .subject = wire::derive_id(seller, principal, key),
            .issued_at = now(),
            .body = domain::CreateTrade{.seller = seller,
                                        .buyer = station_of(i + 1),
                                        .destination = station_of(i + 1),
                                        .lines = {{.product = product_of(i),
                                                   .quantity = Quantity(1),
                                                   .unit_price = Credits(100),
                                                   .unit_volume = Volume(1)}}}};
}

domain::Command restock_command(const StationId& station, const ProductId& product) {
    const domain::StockKey key{station, product};
    return {
        .id = CommandId(runtime::uuid_v7()),
        .principal = Principal("dev"),
        .kind = domain::CommandKind::inventory_adjust,
        .subject = domain::text_of(key),
        .issued_at = now(),
        .body = domain::AdjustStock{
            .key = key, .delta = Quantity(1'000'000'000), .reason = domain::StockReason::restock}};
}

double client_cpu_ms() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval& t) {
        return double(t.tv_sec) * 1e3 + double(t.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "store_bench <url> [batch] [batches]\n");
        return 2;
    }
    const int batch = argc > 2 ? std::atoi(argv[2]) : 200;
    const int batches = argc > 3 ? std::atoi(argv[3]) : 200;
    seed(argv[1]);
    storage::PostgresStore store(argv[1], Family::trade, "store-bench");
    std::vector<domain::Command> restock;
    for (int s = 0; s < stations; ++s) {
        for (int p = 0; p < products; ++p)
            restock.push_back(restock_command(station_of(s), product_of(p)));
    }
    run(store, restock, now());

    std::vector<double> times;
    const double cpu = client_cpu_ms();
    for (int b = 0; b < batches; ++b) {
        std::vector<domain::Command> commands;
        for (int i = 0; i < batch; ++i)
            commands.push_back(trade_command(b * batch + i));
        const auto begin = Clock::now();
        run(store, commands, now());
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
    const double cpu_per_batch = (client_cpu_ms() - cpu) / batches;
    std::ranges::sort(times);
    double sum = 0;
    for (const double time : times)
        sum += time;
    std::printf("batch %d: mean %.2f ms, p50 %.2f, p99 %.2f, client CPU %.2f ms; %.0f commands/s\n",
                batch, sum / batches, times[times.size() / 2], times[times.size() * 99 / 100],
                cpu_per_batch, batch * batches / sum * 1e3);
    return 0;
}
