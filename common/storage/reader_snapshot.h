#pragma once

// What all readers share: one snapshot for the answer and its position, pages, and appending the
// catalogue's events. Private to this folder.

#include <type_traits>
#include <utility>

#include "common/storage/postgres.h"
#include "common/storage/reader.h"
#include "common/storage/rows.h"
#include "common/storage/statements_read.h"

namespace itn::storage {

wire::Position position_of(Session& session);

/// find(session) and the position, of one snapshot.
template <class Find>
auto read(Connection& connection, Find find) -> Read<std::invoke_result_t<Find, Session&>> {
    Session session(connection, Mode::snapshot);
    auto value = find(session);
    return {.value = std::move(value), .position = position_of(session)};
}

/// What to ask for so that `more` can be told: one row besides.
inline std::int64_t with_one_more(std::size_t limit) {
    return static_cast<std::int64_t>(limit) + 1;
}

template <class T, class Convert>
Page<T> page_of(const pqxx::result& rows, std::size_t limit, Convert convert) {
    Page<T> page{.more = std::size_t(rows.size()) > limit};
    for (const auto& row : rows) {
        if (page.rows.size() == limit) break;
        page.rows.push_back(convert(row));
    }
    return page;
}

template <class T, class Convert>
std::optional<T> first_of(const pqxx::result& rows, Convert convert) {
    if (rows.empty()) return std::nullopt;
    return convert(rows[0]);
}

}  // namespace itn::storage
