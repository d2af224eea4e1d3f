#include "common/storage/memory_tables.h"

namespace itn::storage {

void MemoryTables::enter(std::string_view call) {
    std::function<void(std::string_view)> hook;
    {
        const std::lock_guard lock(failures.held);
        if (failures.calls > 0) {
            --failures.calls;
            throw MachineFailure("scripted failure of " + std::string(call));
        }
        hook = failures.hook;
    }
    if (hook) hook(call);
}

domain::Trade MemoryTables::trade_with_shipment(const domain::Trade& trade) const {
    domain::Trade whole = trade;
    const auto shipment = travels_in.find(trade.id);
    whole.shipment = shipment == travels_in.end() ? std::nullopt : std::optional(shipment->second);
    return whole;
}

domain::Shipment MemoryTables::whole_shipment(const domain::Shipment& shipment) const {
    domain::Shipment whole = shipment;
    const auto list = aboard.find(shipment.cargo.id);
    if (list != aboard.end()) whole.manifest.trades = list->second;
    return whole;
}

MemoryDatabase::MemoryDatabase(std::uint16_t shards) : tables_(std::make_unique<MemoryTables>()) {
    for (const Family family : {Family::trade, Family::cargo, Family::inventory}) {
        for (std::uint16_t shard = 0; shard < shards; ++shard)
            tables_->lanes[{.family = family, .shard = shard}];
    }
    tables_->lanes[{.family = Family::catalogue, .shard = 0}];
}

MemoryDatabase::~MemoryDatabase() = default;

void MemoryDatabase::add_station(const StationId& id) {
    const std::lock_guard lock(tables_->held);
    tables_->stations.insert(id);
}
void MemoryDatabase::add_product(const ProductId& id) {
    const std::lock_guard lock(tables_->held);
    tables_->products.insert(id);
}
void MemoryDatabase::set_epoch(std::string epoch) {
    const std::lock_guard lock(tables_->held);
    tables_->epoch = std::move(epoch);
}

void MemoryDatabase::set_rights(const Rights& rights) {
    const std::lock_guard lock(tables_->held);
    tables_->rights.insert_or_assign(rights.principal, rights);
}

void MemoryDatabase::fail_next_commit(InDoubt how) {
    const std::lock_guard lock(tables_->failures.held);
    tables_->failures.commits.push_back(how);
}
void MemoryDatabase::fail_next_calls(int calls) {
    const std::lock_guard lock(tables_->failures.held);
    tables_->failures.calls = calls;
}
void MemoryDatabase::fault_on(const CommandId& id, std::string sqlstate) {
    const std::lock_guard lock(tables_->failures.held);
    tables_->failures.commands[id] = std::move(sqlstate);
}
void MemoryDatabase::forgive(const CommandId& id) {
    const std::lock_guard lock(tables_->failures.held);
    tables_->failures.commands.erase(id);
}
void MemoryDatabase::set_hook(std::function<void(std::string_view)> hook) {
    const std::lock_guard lock(tables_->failures.held);
    tables_->failures.hook = std::move(hook);
}

std::map<TransactionId, domain::Trade> MemoryDatabase::trades() const {
    const std::lock_guard lock(tables_->held);
    std::map<TransactionId, domain::Trade> all;
    for (const auto& [id, trade] : tables_->trades)
        all.emplace(id, tables_->trade_with_shipment(trade));
    return all;
}
std::map<ShipmentId, domain::Shipment> MemoryDatabase::shipments() const {
    const std::lock_guard lock(tables_->held);
    std::map<ShipmentId, domain::Shipment> all;
    for (const auto& [id, shipment] : tables_->shipments)
        all.emplace(id, tables_->whole_shipment(shipment));
    return all;
}
std::map<domain::StockKey, domain::Stock> MemoryDatabase::stock() const {
    const std::lock_guard lock(tables_->held);
    return tables_->stock;
}
std::map<OutcomeKey, wire::Outcome> MemoryDatabase::outcomes() const {
    const std::lock_guard lock(tables_->held);
    return tables_->outcomes;
}
std::vector<wire::JournalEntry> MemoryDatabase::journal(Lane lane) const {
    const std::lock_guard lock(tables_->held);
    return tables_->lanes.at(lane).entries;
}
std::vector<MemoryLedgerRow> MemoryDatabase::ledger() const {
    const std::lock_guard lock(tables_->held);
    return tables_->ledger;
}
std::vector<Parked> MemoryDatabase::parked() const {
    const std::lock_guard lock(tables_->held);
    return tables_->parked;
}
std::map<std::string, std::size_t> MemoryDatabase::instances() const {
    const std::lock_guard lock(tables_->held);
    return tables_->instances;
}

}  // namespace itn::storage
