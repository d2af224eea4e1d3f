#pragma once

// All SQL of the feed of the partners' queues, named as in statements.h.

#include "common/storage/statements.h"

namespace itn::storage::statements {

/// The lock ("ITNP") belongs to the session. It is looked for first, since each time it is taken it
/// would have to be given back.
inline constexpr Statement hold_partner_feed{"hold_partner_feed", R"(
SELECT CASE WHEN EXISTS (SELECT FROM pg_locks
                         WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                           AND classid = 0 AND objid = 1230261840 AND granted)
            THEN 'still'
            WHEN pg_try_advisory_lock(1230261840) THEN 'anew'
            ELSE 'no' END)"};
inline constexpr Statement partner_mark{
    "partner_mark",
    "SELECT s.value, f.lane, f.seq FROM setting s LEFT JOIN partner_feed f ON true "
    "WHERE s.name = 'epoch'"};
inline constexpr Statement move_partner_mark{"move_partner_mark", R"(
INSERT INTO partner_feed (lane, seq) SELECT * FROM unnest($1::text[], $2::bigint[])
ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq WHERE partner_feed.seq < excluded.seq)"};
inline constexpr Statement forget_partner_mark{"forget_partner_mark", "DELETE FROM partner_feed"};

}  // namespace itn::storage::statements
