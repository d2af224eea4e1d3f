#pragma once

// The part of limits.h that is about who may come in, and how often: passwords, tokens, keys, rates
// and the audit trail. Include limits.h.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace itn::limits {

using namespace std::chrono_literals;

/// Fewest code points of a password; there are no other rules of composition.
inline constexpr std::size_t min_password = 8;
/// Bytes of a password, never cut: 256 of the longest code points fit, and hashing is not a lever.
inline constexpr std::size_t max_password = 1'024;
/// argon2id: 19 MiB and two passes cost a guesser some 30 ms of one core each.
inline constexpr std::uint32_t argon2_memory_kib = 19'456;
inline constexpr std::uint32_t argon2_passes = 2;
inline constexpr std::uint32_t argon2_lanes = 1;
/// What a stored hash may ask for at most, so that a forged row cannot exhaust the process.
inline constexpr std::uint32_t max_argon2_memory_kib = 65'536;
inline constexpr std::uint32_t max_argon2_passes = 8;
inline constexpr std::size_t max_password_hash = 255;
/// Hashes at once (38 MiB), and those that wait: at 30 ms each nobody waits longer than half a
/// second.
inline constexpr std::size_t max_parallel_hashes = 2;
inline constexpr std::size_t max_waiting_hashes = 16;
/// An access token, in bytes: some forty stations fit.
inline constexpr std::size_t max_token = 4 * 1024;
/// Members of a token's header or claims: twice what ours have.
inline constexpr std::size_t max_token_members = 32;
inline constexpr auto max_token_life = 15min;
/// How far the clocks of two of our machines may differ.
inline constexpr auto token_leeway = 30s;
/// Keys that verify at once: the last one, this one and the next, with room for a mishap.
inline constexpr std::size_t max_token_keys = 8;
inline constexpr std::size_t max_key_file = 16 * 1024;
/// Verified tokens kept, some 600 bytes each: more than a process has callers in 15 minutes.
inline constexpr std::size_t max_verified_tokens = 20'000;
/// Subjects whose older tokens are dead; each is kept for as long as such a token could live.
inline constexpr std::size_t max_revocations = 100'000;
/// How long a session lives when it is not used, and at all.
inline constexpr auto refresh_idle = std::chrono::hours(24 * 7);
inline constexpr auto refresh_life = std::chrono::hours(24 * 30);
inline constexpr auto max_api_key_life = std::chrono::hours(24 * 365);
/// Two, so that a machine changes its key without a pause.
inline constexpr std::size_t max_active_api_keys = 2;
/// Active keys of one owner under all names: one list shows them.
inline constexpr std::size_t max_owned_api_keys = 100;
/// Keys that one owner makes within a day, revoked ones too: a month of dead ones is soon counted.
inline constexpr std::size_t max_fresh_api_keys = 200;
/// Of a key whose maker names no end.
inline constexpr auto api_key_life = std::chrono::hours(24 * 90);
/// Each scope once, with room for those to come.
inline constexpr std::int64_t max_key_scopes = 16;
/// RFC 5321 lets no longer address be sent to.
inline constexpr std::size_t max_email = 254;
/// Of one account or partner; how many fit into a token depends on their names.
inline constexpr std::int64_t max_account_stations = 100;
/// Partners' names are those of their broker users, and parts of queues' names.
inline constexpr std::size_t min_partner_name = 3;
inline constexpr std::size_t max_partner_name = 32;
/// Wrong passwords of one account from one address, before it has to wait.
inline constexpr std::int64_t max_sign_in_failures = 5;
inline constexpr auto sign_in_window = 15min;
/// A ticket is fetched and shown at once.
inline constexpr auto ticket_life = 30s;
/// How long a door believes what it read of an API key and its owner, and how many keys that is.
inline constexpr auto key_life = 20s;
inline constexpr std::size_t max_known_keys = 10'000;
/// Keys and tickets that wait to be looked up: some 0.2 ms each.
inline constexpr std::size_t max_identify_queue = 1'000;
/// The text of a ticket of 128 bits, with room for another alphabet.
inline constexpr std::size_t max_ticket = 128;
/// How often a door asks who lost a right, and after how long without an answer it lets nobody in:
/// together far below the minute within which a revocation holds.
inline constexpr auto revocation_poll = 5s;
inline constexpr auto revocation_overdue = 30s;
/// How far each poll looks back behind the last: clocks differ, and a change is stamped before it
/// is committed.
inline constexpr auto revocation_overlap = 2min;
/// How long a token may live after its subject changed, with clocks that differ at both ends.
inline constexpr auto revocation_history = max_token_life + 2 * token_leeway;
/// Lines that wait for the audit trail; beyond them they are counted only.
inline constexpr std::size_t max_audit_queue = 4'096;
inline constexpr std::size_t max_audit_batch = 256;
/// Bytes that a line of it keeps: an e-mail address; the stations of one account, as in a token.
inline constexpr std::size_t max_audit_subject = 256;
inline constexpr std::size_t max_audit_detail = max_token;
/// How long lines of the audit trail gather before they are written together.
inline constexpr auto audit_pause = 200ms;
/// Tokens and burst of a rate: products with microseconds of a day stay far inside int64.
inline constexpr std::int64_t max_rate_tokens = 1'000'000;
inline constexpr auto max_rate_period = std::chrono::hours(24);
/// What a process takes of a shared budget lasts this long, then the rest of it is forgotten.
inline constexpr auto rate_lease_life = 5s;
/// How long a caller that has used up its lease waits for the answer about the next one.
inline constexpr auto rate_lease_wait = 100ms;
/// Budgets that one process remembers, some 400 bytes each: more than it has callers in the life of
/// a lease.
inline constexpr std::size_t max_budgets = 50'000;
/// Longest unused budgets looked at for one that can be forgotten, when there is no room.
inline constexpr int max_budgets_examined = 4;
/// How long a door waits for a lease before it holds the rate by itself, and the database for one
/// statement of grants.
inline constexpr auto rate_lease_overdue = 500ms;
inline constexpr auto rate_lease_statement = 1s;
/// Leases asked for in one statement: its rows are locked for some milliseconds.
inline constexpr std::size_t max_lease_asks = 256;
/// Full budgets deleted in one statement, for the same reason.
inline constexpr std::int64_t max_swept_budgets = 10'000;
/// Failed sign-ins are kept this long: the window in which they count is far shorter.
inline constexpr auto sign_in_failure_life = 1h;
/// How often what has expired is deleted: far more often than tables grow, far below their cost.
inline constexpr auto sweep_pause = 1min;
/// How long keys are listed that ended or were revoked.
inline constexpr auto dead_api_key_life = std::chrono::hours(24 * 30);

}  // namespace itn::limits
