// Stations and products: one atomic statement per write, and its event in the same transaction.

#include "common/base/limits.h"
#include "common/storage/array_text.h"
#include "common/storage/catalogue_lane.h"
#include "common/storage/reader_snapshot.h"
#include "common/wire/representation.h"

namespace itn::storage {
namespace {

namespace sql = statements;
using domain::EventKind;

wire::Station station_of(const pqxx::row& row) {
    return {.id = StationId(text_of(row[0])),
            .name = text_of(row[1]),
            .kind = text_of(row[2]),
            .x = integer_of(row[3]),
            .y = integer_of(row[4]),
            .z = integer_of(row[5]),
            .version = integer_of(row[6])};
}

wire::Product product_of(const pqxx::row& row) {
    return {.id = ProductId(text_of(row[0])),
            .name = text_of(row[1]),
            .description = text_of(row[2]),
            .category = text_of(row[3]),
            .brand = text_of(row[4]),
            .unit_price = Credits(integer_of(row[5])),
            .unit_volume = Volume(integer_of(row[6])),
            .images = texts_of(row[7]),
            .version = integer_of(row[8])};
}

std::vector<Param> params_of(const wire::Station& row, std::int64_t version) {
    return {row.id, row.name, row.kind, row.x, row.y, row.z, version};
}
std::vector<Param> params_of(const wire::Product& row, std::int64_t version) {
    return {row.id,         row.name,        row.description,      row.category, row.brand,
            row.unit_price, row.unit_volume, array_of(row.images), version};
}

/// What differs between stations and products.
struct Stations {
    using Row = wire::Station;
    static constexpr const char* kind = "station";
    static constexpr const Statement& find = sql::find_station;
    static constexpr const Statement& create = sql::create_station;
    static constexpr const Statement& update = sql::update_station;
    static constexpr const Statement& erase = sql::delete_station;
    static constexpr const Statement& in_use = sql::station_in_use;
    static constexpr EventKind created = EventKind::station_created;
    static constexpr EventKind updated = EventKind::station_updated;
    static constexpr EventKind deleted = EventKind::station_deleted;
    static Row row_of(const pqxx::row& row) { return station_of(row); }
    static std::vector<Param> blank_stock(const std::string& id) { return {id, std::nullopt}; }
    static std::vector<Param> use(const std::string& id) {
        return {id, static_cast<std::int64_t>(limits::max_examined_for_deletion)};
    }
    /// Tokens of whoever acts for it die, and what is cached of them is dropped.
    static void take_from_members(Session& session, const std::string& id, Timestamp at) {
        session.run(sql::change_members, {id, at});
        session.run(sql::change_member_partners, {id, at});
    }
};
struct Products {
    using Row = wire::Product;
    static constexpr const char* kind = "product";
    static constexpr const Statement& find = sql::find_product;
    static constexpr const Statement& create = sql::create_product;
    static constexpr const Statement& update = sql::update_product;
    static constexpr const Statement& erase = sql::delete_product;
    static constexpr const Statement& in_use = sql::product_in_use;
    static constexpr EventKind created = EventKind::product_created;
    static constexpr EventKind updated = EventKind::product_updated;
    static constexpr EventKind deleted = EventKind::product_deleted;
    static Row row_of(const pqxx::row& row) { return product_of(row); }
    static std::vector<Param> blank_stock(const std::string& id) { return {std::nullopt, id}; }
    static std::vector<Param> use(const std::string& id) { return {id}; }
    static void take_from_members(Session&, const std::string&, Timestamp) {}
};

template <class Row>
Write<Row> done(Session& session, EventKind kind, Row row, const Cause& cause) {
    append(
        session,
        {.kind = kind, .subject = row.id.text(), .version = row.version, .body = wire::render(row)},
        cause);
    Write<Row> write{.result = Written::done, .position = position_of(session)};
    write.row = std::move(row);
    session.commit();
    return write;
}

/// Nothing was written; says what stands there.
template <class Kind>
Write<typename Kind::Row> refused(Session& session, Written result, const std::string& id) {
    Write<typename Kind::Row> write{.result = result};
    const auto rows = session.run(Kind::find, {id});
    if (!rows.empty()) write.row = Kind::row_of(rows[0]);
    if (rows.empty()) write.result = Written::missing;
    write.position = position_of(session);
    return write;
}

template <class Kind>
Write<typename Kind::Row> create(Connection& connection, typename Kind::Row row,
                                 const Cause& cause) {
    Session session(connection, Mode::read_write);
    const auto version = session.run(sql::next_version, {row.id, Kind::kind});
    row.version = integer_of(version[0][0]);
    const auto made = session.run(Kind::create, params_of(row, row.version));
    if (made.affected_rows() == 0) {
        return refused<Kind>(session, Written::exists, row.id.text());
    }
    return done(session, Kind::created, std::move(row), cause);
}

template <class Kind>
Write<typename Kind::Row> update(Connection& connection, const typename Kind::Row& row,
                                 std::int64_t expected, const Cause& cause) {
    Session session(connection, Mode::read_write);
    const auto rows = session.run(Kind::update, params_of(row, expected));
    if (rows.empty()) return refused<Kind>(session, Written::stale, row.id.text());
    return done(session, Kind::updated, Kind::row_of(rows[0]), cause);
}

template <class Kind>
Write<typename Kind::Row> erase(Connection& connection, const std::string& id,
                                std::int64_t expected, const Cause& cause) {
    Session session(connection, Mode::read_write);
    Write<typename Kind::Row> before = refused<Kind>(session, Written::stale, id);
    if (!before.row || before.row->version != expected) return before;
    before.result = Written::in_use;
    session.run(sql::drop_blank_stock, Kind::blank_stock(id));
    if (text_of(session.run(Kind::in_use, Kind::use(id))[0][0]) == "t") return before;
    try {
        Kind::take_from_members(session, id, cause.at);
        if (session.run(Kind::erase, {id, expected}).affected_rows() == 0) {
            return refused<Kind>(session, Written::stale, id);
        }
    } catch (const CommandFault&) {  // stock appeared meanwhile
        return before;
    }
    ++before.row->version;
    return done(session, Kind::deleted, *std::move(before.row), cause);
}

}  // namespace

Read<Page<wire::Station>> Reader::stations(const std::optional<StationId>& after,
                                           std::size_t limit) {
    return read(*connection_, [&](Session& session) {
        return page_of<wire::Station>(
            session.run(sql::list_stations, {after, with_one_more(limit)}), limit, station_of);
    });
}

Read<std::optional<wire::Station>> Reader::station(const StationId& id) {
    return read(*connection_, [&](Session& session) {
        return first_of<wire::Station>(session.run(sql::find_station, {id}), station_of);
    });
}

Read<Page<wire::Product>> Reader::products(const std::optional<ProductId>& after,
                                           std::size_t limit) {
    return read(*connection_, [&](Session& session) {
        return page_of<wire::Product>(
            session.run(sql::list_products, {after, with_one_more(limit)}), limit, product_of);
    });
}

Read<std::optional<wire::Product>> Reader::product(const ProductId& id) {
    return read(*connection_, [&](Session& session) {
        return first_of<wire::Product>(session.run(sql::find_product, {id}), product_of);
    });
}

Read<Catalogue> Reader::catalogue() {
    return read(*connection_, [&](Session& session) {
        Catalogue all;
        const Param none = std::nullopt;
        for (const auto& row : session.run(sql::list_stations, {none, none}))
            all.stations.push_back(station_of(row));
        for (const auto& row : session.run(sql::list_products, {none, none}))
            all.products.push_back(product_of(row));
        return all;
    });
}

Write<wire::Station> Reader::create_station(const wire::Station& row, const Cause& cause) {
    return create<Stations>(*connection_, row, cause);
}
Write<wire::Station> Reader::update_station(const wire::Station& row, std::int64_t expected,
                                            const Cause& cause) {
    return update<Stations>(*connection_, row, expected, cause);
}
Write<wire::Station> Reader::delete_station(const StationId& id, std::int64_t expected,
                                            const Cause& cause) {
    return erase<Stations>(*connection_, id.text(), expected, cause);
}
Write<wire::Product> Reader::create_product(const wire::Product& row, const Cause& cause) {
    return create<Products>(*connection_, row, cause);
}
Write<wire::Product> Reader::update_product(const wire::Product& row, std::int64_t expected,
                                            const Cause& cause) {
    return update<Products>(*connection_, row, expected, cause);
}
Write<wire::Product> Reader::delete_product(const ProductId& id, std::int64_t expected,
                                            const Cause& cause) {
    return erase<Products>(*connection_, id.text(), expected, cause);
}

}  // namespace itn::storage
