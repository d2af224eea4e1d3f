#include "common/storage/catalogue_lane.h"

#include "common/base/lane.h"
#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/statements.h"

namespace itn::storage {
namespace {

namespace sql = statements;

constexpr Lane catalogue_lane{.family = Family::catalogue, .shard = 0};

template <class T>
std::string one(const T& value) {
    ArrayText array;
    array.add(value);
    return std::move(array).take();
}

}  // namespace

void append(Session& session, const CatalogueEvent& event, const Cause& cause) {
    const std::string lane = catalogue_lane.text();
    const auto taken = session.run(sql::take_seqs, {"{" + lane + "}", "{1}"});
    if (taken.empty()) throw MachineFailure("lane catalogue.00 has no counter: run itn-migrate");
    session.run(sql::insert_journal,
                {one(lane), one(integer_of(taken[0][1])), one(name(event.kind)), one(event.subject),
                 one(event.version), one(cause.caused_by), one(cause.traceparent),
                 one(std::int64_t(cause.at.time_since_epoch().count())), one(event.body)});
}

}  // namespace itn::storage
