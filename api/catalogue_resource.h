#pragma once

// What /api/stations and /api/products have in common, written once: a Noun says what differs.
// Reads are answered from the door's snapshot while that is current, else by the database. Writes
// are synchronous; each names the version it changes, and is answered only when this door stamps
// with what was written.
//
//   struct Noun {
//       using Row, Wish, RowId;
//       static constexpr std::string_view name, path, param;
//       static … parse, patch, row_of, rows, list, read, create, update, remove;
//   };

#include <optional>
#include <string>
#include <utility>

#include "api/answers.h"
#include "api/call.h"
#include "api/etag.h"
#include "api/gate.h"
#include "api/pages.h"
#include "api/query.h"
#include "api/room.h"
#include "common/runtime/uuid.h"
#include "common/wire/ids.h"
#include "common/wire/representation.h"

namespace itn::api {

/// "Expected version: X, provided version: Y"; Y is nullopt when several or none were provided.
Problem stale_problem(std::int64_t expected, std::optional<std::int64_t> provided);
/// An answer to a catalogue write: the row and its tag.
void answer_written(Call& call, int status, std::string body, std::int64_t version,
                    const wire::Position& position,
                    std::vector<std::pair<std::string, std::string>> headers = {});
void answer_deleted(Call& call, const wire::Position& position);

template <class Noun>
class CatalogueResource {
public:
    static void list(const Room& room, CallPtr call) {
        Query query(call->request());
        const auto after = id_cursor(query, Noun::name);
        const auto limit = query.limit();
        if (query.problem()) return call->problem(*query.problem());
        std::optional<typename Noun::RowId> last;
        if (after) last.emplace(*after);
        if (const auto snapshot = room.catalogue.snapshot())
            return answer_page(*call, *snapshot, last, limit);
        room.reads.run(call, [call, last, limit](storage::Reader& reader) {
            const auto read = Noun::list(reader, last, limit);
            List page{.name = Noun::name};
            for (const auto& row : read.value.rows)
                page.rows.push_back(wire::render(row));
            if (read.value.more) page.next = CursorKey{read.value.rows.back().id.text()};
            answer_list(*call, page, read.position);
        });
    }

    static void show(const Room& room, CallPtr call) {
        const auto id = id_of(*call);
        if (!wire::is_slug(id.text())) return call->problem(missing());
        if (const auto snapshot = room.catalogue.snapshot()) {
            const auto& rows = Noun::rows(*snapshot->catalogue);
            const auto row = rows.find(id);
            if (row == rows.end()) return call->problem(missing());
            return answer_read(*call, wire::render(row->second), snapshot->position,
                               version_etag(row->second.version));
        }
        room.reads.run(call, [call, id](storage::Reader& reader) {
            const auto read = Noun::read(reader, id);
            if (!read.value) return call->problem(missing());
            answer_read(*call, wire::render(*read.value), read.position,
                        version_etag(read.value->version));
        });
    }

    static void create(const Room& room, CallPtr call) {
        auto wish = Noun::parse(call->request().body, std::nullopt);
        if (!wish) return call->problem(wish.problem());
        room.reads.run_write(
            call, [&room, call, row = Noun::row_of(*std::move(wish))](storage::Reader& reader) {
                const auto write = Noun::create(reader, row, cause(room, *call));
                finish(room, *call, reader, write, 201, 0);
            });
    }

    static void replace(const Room& room, CallPtr call) {
        const auto id = id_of(*call);
        if (!wire::is_slug(id.text())) return call->problem(missing());
        auto wish = Noun::parse(call->request().body, std::string_view(id.text()));
        if (!wish) return call->problem(wish.problem());
        const auto expected = expected_version(call->request(), wish->version);
        if (!expected) return call->problem(expected.problem());
        room.reads.run_write(call, [&room, call, row = Noun::row_of(*std::move(wish)),
                                    expected = *expected](storage::Reader& reader) {
            const auto version = agreed(*call, reader, row.id, expected);
            if (!version) return;
            const auto write = Noun::update(reader, row, *version, cause(room, *call));
            finish(room, *call, reader, write, 200, *version);
        });
    }

    static void patch(const Room& room, CallPtr call) {
        const auto id = id_of(*call);
        if (!wire::is_slug(id.text())) return call->problem(missing());
        room.reads.run_write(call, [&room, call, id](storage::Reader& reader) {
            const auto read = Noun::read(reader, id);
            if (!read.value) return call->problem(missing());
            auto wish = Noun::patch(*read.value, call->request().body);
            if (!wish) return call->problem(wish.problem());
            const auto expected = expected_version(call->request(), wish->version);
            if (!expected) return call->problem(expected.problem());
            // A patch of what was read is worth nothing to another version.
            const auto version = read.value->version;
            if (!expected->allows(version))
                return call->problem(stale_problem(version, expected->only()));
            const auto write =
                Noun::update(reader, Noun::row_of(*std::move(wish)), version, cause(room, *call));
            finish(room, *call, reader, write, 200, version);
        });
    }

    static void remove(const Room& room, CallPtr call) {
        const auto id = id_of(*call);
        if (!wire::is_slug(id.text())) return call->problem(missing());
        const auto expected = expected_version(call->request(), std::nullopt, VersionIn::header);
        if (!expected) return call->problem(expected.problem());
        room.reads.run_write(
            call, [&room, call, id, expected = *expected](storage::Reader& reader) {
                const auto version = agreed(*call, reader, id, expected);
                if (!version) return;
                const auto write = Noun::remove(reader, id, *version, cause(room, *call));
                finish(room, *call, reader, write, 204, *version);
            });
    }

private:
    static void answer_page(Call& call, const gateway::CatalogueKeeper::Snapshot& snapshot,
                            const std::optional<typename Noun::RowId>& after, std::size_t limit) {
        const auto& rows = Noun::rows(*snapshot.catalogue);
        auto row = after ? rows.upper_bound(*after) : rows.begin();
        List page{.name = Noun::name};
        const typename Noun::RowId* last = nullptr;
        for (; row != rows.end() && page.rows.size() < limit; ++row) {
            page.rows.push_back(wire::render(row->second));
            last = &row->first;
        }
        if (row != rows.end() && last != nullptr) page.next = CursorKey{last->text()};
        answer_list(call, page, snapshot.position);
    }

    static typename Noun::RowId id_of(const Call& call) {
        return typename Noun::RowId(std::string(call.request().param(Noun::param)));
    }

    static Problem missing() {
        return problem_of(std::string(Noun::name) + "_not_found",
                          "No " + std::string(Noun::name) + " has this id.");
    }

    /// The one version to write on: the only one that is expected, or else the one that stands
    /// there if it is expected. nullopt: the call is answered.
    static std::optional<std::int64_t> agreed(Call& call, storage::Reader& reader,
                                              const typename Noun::RowId& id,
                                              const Expected& expected) {
        if (const auto only = expected.only()) return only;
        const auto read = Noun::read(reader, id);
        if (read.value && expected.allows(read.value->version)) return read.value->version;
        call.problem(read.value ? stale_problem(read.value->version, {}) : missing());
        return std::nullopt;
    }

    static storage::Cause cause(const Room& room, const Call& call) {
        return {.caused_by = runtime::uuid_v7(),
                .traceparent = call.trace().traceparent,
                .at = room.clock.now()};
    }

    /// Refreshes the door's catalogue, then answers.
    static void finish(const Room& room, Call& call, storage::Reader& reader,
                       const storage::Write<typename Noun::Row>& write, int status,
                       std::int64_t provided) {
        switch (write.result) {
            case storage::Written::missing:
                return call.problem(missing());
            case storage::Written::exists:
                return call.problem(problem_of(std::string(Noun::name) + "_exists",
                                               "Another one has this id already."));
            case storage::Written::stale:
                return call.problem(stale_problem(write.row ? write.row->version : 0, provided));
            case storage::Written::in_use:
                return call.problem(problem_of("in_use", ""));
            case storage::Written::done:
                break;
        }
        refresh(room, reader);
        const auto id = write.row ? write.row->id : id_of(call);
        note_change(
            room, call,
            std::string(Noun::name) + " " + id.text() + (status == 204 ? " deleted" : " written"));
        if (status == 204 || !write.row) return answer_deleted(call, write.position);
        std::vector<std::pair<std::string, std::string>> headers;
        if (status == 201)
            headers.emplace_back("Location", std::string(Noun::path) + "/" + write.row->id.text());
        answer_written(call, status, wire::render(*write.row), write.row->version, write.position,
                       std::move(headers));
    }

    /// The write is done whatever becomes of the refresh: then the keeper catches up by itself.
    static void refresh(const Room& room, storage::Reader& reader) {
        try {
            room.catalogue.refresh(reader);
        } catch (const storage::MachineFailure&) {
            room.catalogue.nudge();
        }
    }
};

}  // namespace itn::api
