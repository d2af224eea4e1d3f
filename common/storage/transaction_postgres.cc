#include "common/storage/transaction_postgres.h"

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/storage/account_rows.h"
#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/statements_accounts.h"

namespace itn::storage {

namespace sql = statements;

void KnownStock::add(const domain::StockKey& key) {
    if (keys_.size() >= limits::max_known_stock) keys_.clear();
    keys_.insert(key);
}

PostgresTransaction::PostgresTransaction(Connection& connection, KnownStock& known_stock,
                                         Family family)
    : session_(connection, Mode::read_write), known_stock_(known_stock), family_(family) {}

std::vector<wire::Outcome> PostgresTransaction::known(std::span<const OutcomeKey> keys) {
    std::vector<wire::Outcome> found;
    if (keys.empty()) return found;
    ArrayText principals, ids;
    for (const OutcomeKey& key : keys) {
        principals.add(key.principal);
        ids.add(key.id);
    }
    for (const auto& row :
         session_.run(sql::known_outcomes, {std::move(principals).take(), std::move(ids).take()})) {
        found.push_back(outcome_of(row));
    }
    return found;
}

std::vector<Rights> PostgresTransaction::rights(std::span<const Principal> principals) {
    std::vector<Rights> found;
    if (principals.empty()) return found;
    for (const auto& row : session_.run(sql::rights_of, {array_of(principals)}))
        found.push_back(rights_of(row));
    return found;
}

void PostgresTransaction::commit() {
    session_.commit();
    for (const domain::StockKey& key : locked_stock_)
        known_stock_.add(key);
}

void PostgresTransaction::assign_seqs(WriteSet& writes) {
    std::map<std::string, std::int64_t> counts;
    for (const wire::JournalEntry& entry : writes.entries)
        ++counts[entry.lane.text()];
    if (!counts.empty()) {
        ArrayText names, numbers;
        for (const auto& [name, count] : counts) {
            names.add(name);
            numbers.add(count);
        }
        std::map<std::string, std::int64_t> next;
        for (const auto& row :
             session_.run(sql::take_seqs, {std::move(names).take(), std::move(numbers).take()})) {
            const std::string name = text_of(row[0]);
            next[name] = integer_of(row[1]) - counts[name];
        }
        if (next.size() != counts.size()) {
            throw MachineFailure("a lane has no counter: run itn-migrate");
        }
        for (wire::JournalEntry& entry : writes.entries)
            entry.seq = ++next[entry.lane.text()];
    }
    for (wire::Outcome& outcome : writes.outcomes) {
        if (outcome.seq == 0) continue;
        const auto entry = static_cast<std::size_t>(outcome.seq - 1);
        ENSURE(entry < writes.entries.size());
        outcome.seq = writes.entries[entry].seq;
    }
}

void PostgresTransaction::record_entries(const WriteSet& writes) {
    if (writes.entries.empty()) return;
    ArrayText lane, seq, kind, subject, version, caused_by, traceparent, at, body;
    for (const wire::JournalEntry& entry : writes.entries) {
        lane.add(entry.lane.text());
        seq.add(entry.seq);
        kind.add(name(entry.kind));
        subject.add(entry.subject);
        version.add(entry.version);
        caused_by.add(entry.caused_by);
        traceparent.add(entry.traceparent);
        at.add_micros(entry.at);
        body.add(entry.body);
    }
    session_.run(sql::insert_journal,
                 {std::move(lane).take(), std::move(seq).take(), std::move(kind).take(),
                  std::move(subject).take(), std::move(version).take(), std::move(caused_by).take(),
                  std::move(traceparent).take(), std::move(at).take(), std::move(body).take()});
}

void PostgresTransaction::record_moves(const WriteSet& writes) {
    if (writes.moves.empty()) return;
    ArrayText lane, seq, n, at, account, product, delta;
    std::map<std::size_t, std::int64_t> legs;
    const auto add = [&](const LedgerMove& move, const std::string& who, Quantity quantity) {
        const wire::JournalEntry& entry = writes.entries.at(move.entry);
        lane.add(entry.lane.text());
        seq.add(entry.seq);
        n.add(legs[move.entry]++);
        at.add_micros(entry.at);
        account.add(who);
        product.add(move.move.product);
        delta.add(quantity);
    };
    for (const LedgerMove& move : writes.moves) {
        add(move, move.move.from, -move.move.quantity);
        add(move, move.move.to, move.move.quantity);
    }
    session_.run(
        sql::insert_ledger,
        {std::move(lane).take(), std::move(seq).take(), std::move(n).take(), std::move(at).take(),
         std::move(account).take(), std::move(product).take(), std::move(delta).take()});
}

void PostgresTransaction::record_outcomes(const WriteSet& writes) {
    if (writes.outcomes.empty()) return;
    ArrayText principal, id, payload_hash, kind, code, detail, subject, lane, seq, at;
    for (const wire::Outcome& outcome : writes.outcomes) {
        principal.add(outcome.principal);
        id.add(outcome.id);
        payload_hash.add_hex(outcome.payload_hash);
        kind.add(name(outcome.kind));
        code.add(outcome.code);
        detail.add(outcome.detail);
        subject.add(outcome.subject);
        lane.add(outcome.lane.text());
        seq.add(outcome.seq);
        at.add_micros(outcome.at);
    }
    session_.run(sql::insert_outcomes,
                 {std::move(principal).take(), std::move(id).take(), std::move(payload_hash).take(),
                  std::move(kind).take(), std::move(code).take(), std::move(detail).take(),
                  std::move(subject).take(), std::move(lane).take(), std::move(seq).take(),
                  std::move(at).take()});
}

void park(Session& session, std::span<const Parked> parked) {
    if (parked.empty()) return;
    ArrayText lane, principal, command_id, reason, detail, payload;
    for (const Parked& one : parked) {
        lane.add(one.lane.text());
        principal.add(one.principal);
        command_id.add(one.command_id);
        reason.add(one.reason);
        detail.add(one.detail);
        payload.add_bytes(one.payload);
    }
    session.run(sql::insert_parked,
                {std::move(lane).take(), std::move(principal).take(), std::move(command_id).take(),
                 std::move(reason).take(), std::move(detail).take(), std::move(payload).take()});
}

}  // namespace itn::storage
