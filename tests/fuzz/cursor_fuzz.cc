// Cursors of lists.

#include "api/cursor.h"
#include "tests/fuzz/target.h"

using itn::fuzz::must;

FUZZ_TARGET(cursor, bytes) {
    for (const auto parts : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        const auto key = itn::api::parse_cursor("trades", bytes, parts);
        if (!key) continue;
        must(key->size() == parts);
        must(itn::api::render_cursor("trades", *key) == bytes);
        must(!itn::api::parse_cursor("cargo", bytes, parts));
    }
}
