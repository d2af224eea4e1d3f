#pragma once

// Keys of list rows as cursors, and back. A key that no row can have is a fault of the parameter.

#include <optional>
#include <string_view>
#include <vector>

#include "api/cursor.h"
#include "api/query.h"
#include "common/identity/permissions.h"
#include "common/storage/reader.h"

namespace itn::api {

CursorKey cursor_key(const storage::TimeCursor& key);
CursorKey cursor_key(const domain::StockKey& key);
CursorKey cursor_key(const storage::LedgerKey& key);

std::optional<storage::TimeCursor> time_cursor(Query& query, std::string_view list);
std::optional<domain::StockKey> stock_cursor(Query& query, std::string_view list);
std::optional<storage::LedgerKey> ledger_cursor(Query& query, std::string_view list);
/// Of a list by id.
std::optional<std::string> id_cursor(Query& query, std::string_view list);

/// Whose things a list shows to the caller, by what it may read singly: nullopt for everybody's.
std::optional<std::vector<StationId>> stations_to_see(const identity::Caller& caller,
                                                      identity::Action read);

/// A generated id or one that a client chose.
bool is_shipment_id(std::string_view text);

}  // namespace itn::api
