#pragma once

// Rows of a result as values, in the column order of statements.h. What the database holds was
// written by this program, so a field that does not parse is our own error. Private to this folder.

#include <cstdint>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"
#include "common/storage/store.h"
#include "common/wire/notice.h"

namespace itn::storage {

std::string text_of(const pqxx::field& field);
std::int64_t integer_of(const pqxx::field& field);
Timestamp time_of(const pqxx::field& field);
std::optional<Timestamp> time_or_none(const pqxx::field& field);
Lane lane_of(const pqxx::field& field);
bool flag_of(const pqxx::field& field);
/// Of a text[].
std::vector<std::string> texts_of(const pqxx::field& field);

/// Columns ITN_TRADE_COLUMNS; the shipment stays empty.
domain::Trade trade_of(const pqxx::row& row);
/// Columns ITN_CARGO_COLUMNS; of the manifest only the sender's own goods.
domain::Shipment shipment_of(const pqxx::row& row);
/// Columns ITN_STOCK_COLUMNS.
domain::Stock stock_of(const pqxx::row& row);
/// Columns of journal_after.
wire::JournalEntry entry_of(const pqxx::row& row);
/// Columns of known_outcomes.
wire::Outcome outcome_of(const pqxx::row& row);
/// Columns of counters.
LaneCounters counters_of(const pqxx::row& row);

/// render_goods() and render_lines() as ITN_*_COLUMNS keep them.
std::vector<domain::Line> lines_of(const pqxx::field& field);

}  // namespace itn::storage
