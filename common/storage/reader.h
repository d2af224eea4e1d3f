#pragma once

// What the api and the notifier ask of Postgres. Every answer carries the Position of the journal
// taken in the same snapshot (one REPEATABLE READ, READ ONLY transaction), so a page loaded by REST
// continues over the WebSocket without a gap.
//
// Not thread-safe: each thread has a Reader, and so a connection, of its own. A lost connection is
// opened anew by the next call. Every call may throw MachineFailure: answer 503, or try again.
// Lists are keyset pages: at most `limit` rows, `more` says that others follow, and the last row's
// key is the next `after`.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/storage/store.h"
#include "common/wire/position.h"
#include "common/wire/representation.h"

namespace itn::storage {

class Connection;

template <class T>
struct Read {
    T value{};
    wire::Position position{};
};

template <class T>
struct Page {
    std::vector<T> rows{};
    bool more = false;
};

/// Where a list that runs newest first goes on: after the row with this time and id.
struct TimeCursor {
    Timestamp created_at{};
    std::string id{};
    friend bool operator==(const TimeCursor&, const TimeCursor&) = default;
};

/// A page of a list by time. Filters look at limits::max_examined rows at most: then it is short
/// or empty, and `next` is the last row seen; with `parties` a time, so that it names no others'.
template <class T>
struct TimePage {
    std::vector<T> rows{};
    bool more = false;                 // others follow, or may
    std::optional<TimeCursor> next{};  // set when more
};

struct Catalogue {
    std::vector<wire::Station> stations{};  // by id
    std::vector<wire::Product> products{};  // by id
};

/// Who wrote the catalogue, for the journal.
struct Cause {
    std::string caused_by{};  // id of the request
    std::string traceparent{};
    Timestamp at{};
};
/// `exists`: a create found the id taken. `stale`: the version was not the expected one. `in_use`:
/// a delete found stock or a trade that names the row: whatever ever had stock or trades stays.
/// Stock that ever changed tells of both, but for the buyer of a trade that has not arrived; so a
/// station's deletion looks through the trades and shipments made since the station, and finds it
/// in use when they are more than limits::max_examined_for_deletion.
enum class Written { done, exists, missing, stale, in_use };
template <class T>
struct Write {
    Written result = Written::done;
    std::optional<T> row{};  // after the write; the current one when it was refused
    wire::Position position{};
};

struct TradeFilter {
    std::optional<domain::TradeStatus> status{};
    std::optional<StationId> station{};               // seller or buyer
    std::optional<std::vector<StationId>> parties{};  // one of them is seller or buyer
    std::optional<ProductId> product{};
    std::optional<Timestamp> from{};  // created at or after
    std::optional<Timestamp> to{};    // created before
    std::optional<TimeCursor> after{};
    std::size_t limit = 0;
    std::size_t examine = limits::max_examined;
};

struct CargoFilter {
    std::optional<domain::CargoStatus> status{};
    std::optional<StationId> station{};               // origin or destination
    std::optional<std::vector<StationId>> parties{};  // one of them is origin or destination
    std::optional<TimeCursor> after{};
    std::size_t limit = 0;
    std::size_t examine = limits::max_examined;
};

/// A shipment as wire::render() wants it.
struct CargoView {
    domain::Shipment shipment{};
    std::vector<domain::Goods> aboard{};  // of its trades, in the order of loading
};

struct StockFilter {
    std::optional<StationId> station{};
    std::optional<domain::StockKey> after{};  // by station, then product
    std::size_t limit = 0;
};

/// One leg of a move as an account's holder sees it.
struct LedgerLine {
    Lane lane{};
    std::int64_t seq = 0;
    std::int32_t n = 0;  // which leg of the event
    Timestamp at{};
    domain::EventKind kind = domain::EventKind::critical;
    std::string subject{};      // of the event
    std::string caused_by{};    // command id
    std::string counterpart{};  // the account at the other end
    Quantity delta{};
    Quantity balance{};  // after this line
};
struct LedgerKey {
    Timestamp at{};
    Lane lane{};
    std::int64_t seq = 0;
    std::int32_t n = 0;
};
struct LedgerFilter {
    domain::StockKey key{};
    std::optional<Timestamp> as_of{};  // lines at or before
    std::optional<LedgerKey> after{};  // newest first: lines older than this one
    std::size_t limit = 0;
};
struct Ledger {
    Quantity balance{};  // of everything up to as_of
    Page<LedgerLine> lines{};
};

/// An outcome and the trace of the command's last event, "" when it left none.
struct OutcomeView {
    wire::Outcome outcome{};
    std::string traceparent{};
};

/// One period of trade, by the time of creation.
struct TradeVolume {
    Timestamp period{};  // its start
    std::string status{};
    std::int64_t trades = 0;
    Credits total{};
};
struct Summary {
    std::vector<TradeVolume> per_hour{};  // the last 24 hours, oldest first
    std::vector<TradeVolume> per_day{};   // the last 30 days, oldest first
    std::vector<std::pair<domain::CargoStatus, std::int64_t>> cargo{};
    struct StationStock {
        StationId station{};
        std::int64_t products = 0;
        Quantity on_hand{};
        Quantity reserved{};
    };
    std::vector<StationStock> stock{};
};

/// The journal above a position.
struct EventsSince {
    std::vector<wire::JournalEntry> entries{};  // per lane contiguous, lanes in order
    bool complete = false;                      // nothing is left above `reached`
    wire::Position reached{};                   // the given position and these entries
};

class Reader final {
public:
    /// Connects at the first call, not here. `url` is a libpq URL; `application` is what the
    /// server shows for this connection. A statement that takes longer than `statement` is a
    /// MachineFailure.
    Reader(std::string url, std::string application,
           std::chrono::milliseconds statement = limits::reader_statement);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// lane.last_seq of every lane that has events.
    wire::Position position();

    // --- catalogue (reader_catalogue.cc) ---
    Read<Page<wire::Station>> stations(const std::optional<StationId>& after, std::size_t limit);
    Read<std::optional<wire::Station>> station(const StationId& id);
    Read<Page<wire::Product>> products(const std::optional<ProductId>& after, std::size_t limit);
    Read<std::optional<wire::Product>> product(const ProductId& id);
    Read<Catalogue> catalogue();

    /// The writes commit their event (station.created …) in lane catalogue.00 together with the
    /// row. The version of a created row is 1 (or follows on a deleted row of that id), that of an
    /// updated one `expected` + 1; the version in the argument is ignored. The event's body is the
    /// row's representation.
    Write<wire::Station> create_station(const wire::Station& row, const Cause& cause);
    Write<wire::Station> update_station(const wire::Station& row, std::int64_t expected,
                                        const Cause& cause);
    Write<wire::Station> delete_station(const StationId& id, std::int64_t expected,
                                        const Cause& cause);
    Write<wire::Product> create_product(const wire::Product& row, const Cause& cause);
    Write<wire::Product> update_product(const wire::Product& row, std::int64_t expected,
                                        const Cause& cause);
    Write<wire::Product> delete_product(const ProductId& id, std::int64_t expected,
                                        const Cause& cause);

    // --- trades and cargo (reader_trade.cc, reader_cargo.cc) ---
    Read<std::optional<domain::Trade>> trade(const TransactionId& id);
    /// Newest first.
    Read<TimePage<domain::Trade>> trades(const TradeFilter& filter);
    Read<std::optional<CargoView>> cargo(const ShipmentId& id);
    /// Newest first.
    Read<TimePage<CargoView>> cargos(const CargoFilter& filter);
    /// Events of one trade or shipment, oldest first, at most limits::max_history.
    Read<std::vector<wire::JournalEntry>> history(const std::string& subject);
    /// The first event of one trade (`family` trade) or shipment (cargo); nullopt when there never
    /// was one. It has no position: whoever asks wants to know whose the thing is.
    std::optional<wire::JournalEntry> first_event(Family family, const std::string& subject);

    // --- inventory (reader_stock.cc) ---
    Read<Page<domain::Stock>> inventory(const StockFilter& filter);
    /// nullopt when there never was such a row.
    Read<std::optional<domain::Stock>> stock(const domain::StockKey& key);
    Read<Ledger> ledger(const LedgerFilter& filter);

    // --- journal (reader_journal.cc) ---
    Read<std::optional<OutcomeView>> outcome(const OutcomeKey& key);
    /// The last events of all lanes, newest first.
    Read<std::vector<wire::JournalEntry>> recent(std::size_t limit);
    /// Entries above `since` up to the answer's position, at most `limit`. Of another epoch's
    /// position nothing is read: compare the epochs first.
    Read<EventsSince> events_since(const wire::Position& since, std::size_t limit);
    /// Entries of one lane with seq > after, in order.
    std::vector<wire::JournalEntry> journal(Lane lane, std::int64_t after, std::size_t limit);
    /// Every lane's counters, catalogue included.
    std::vector<LaneCounters> counters();

    Read<Summary> summary(Timestamp now);

private:
    friend class Accounts;  // works on a reader's connection
    std::unique_ptr<Connection> connection_;
};

}  // namespace itn::storage
