// Positions of the journal, and the frames of WebSocket clients that carry them.

#include "common/wire/position.h"
#include "tests/fuzz/target.h"
#include "workers/notifier/demand.h"

using itn::fuzz::must;
namespace notifier = itn::workers::notifier;

FUZZ_TARGET(position, bytes) {
    if (const auto position = itn::wire::parse_position(bytes)) {
        const auto again = itn::wire::parse_position(itn::wire::render(*position));
        must(again.ok() && *again == *position);
    }
    const auto opening = notifier::parse_opening(bytes);
    must(opening.ok() || !opening.problem().slug.empty());
    const auto change = notifier::parse_change(bytes);
    must(change.ok() || !change.problem().slug.empty());
}
