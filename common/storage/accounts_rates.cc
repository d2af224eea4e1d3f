// The shared budgets, failed sign-ins and the audit trail.

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/limits.h"
#include "common/storage/account_rows.h"
#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/statements_accounts.h"

namespace itn::storage {
namespace {

namespace sql = statements;

using BudgetKey = std::pair<std::string, std::string>;

/// All asks of one budget, and what they got together.
struct Budget {
    identity::Rate rate{};
    std::int64_t asked = 0;
    std::int64_t granted = 0;
    identity::microseconds more_after{};
    std::int64_t left = 0;
};
/// In the order in which their rows are locked.
using BudgetsAsked = std::map<BudgetKey, Budget>;

BudgetsAsked added_up(std::span<const Accounts::Ask> asks) {
    BudgetsAsked budgets;
    for (const auto& ask : asks) {
        Budget& budget = budgets[{ask.principal, ask.rate_class}];
        budget.rate = ask.rate;
        budget.asked += ask.tokens;
    }
    return budgets;
}

std::vector<Param> params_of(const BudgetsAsked& budgets, Timestamp now) {
    ArrayText principals, classes, tokens, periods, bursts, asked;
    for (const auto& [key, budget] : budgets) {
        principals.add(key.first);
        classes.add(key.second);
        tokens.add(budget.rate.tokens);
        periods.add(std::int64_t{budget.rate.period.count()});
        bursts.add(budget.rate.burst);
        asked.add(budget.asked);
    }
    return {std::move(principals).take(),
            std::move(classes).take(),
            std::move(tokens).take(),
            std::move(periods).take(),
            std::move(bursts).take(),
            std::move(asked).take(),
            now};
}

/// Until the budget holds one token.
identity::microseconds time_to_one(const identity::Rate& rate, std::int64_t level) {
    const std::int64_t missing = rate.period.count() - level;
    if (missing <= 0) return {};
    return identity::microseconds((missing + rate.tokens - 1) / rate.tokens);
}

}  // namespace

std::vector<identity::Grant> Accounts::grant(std::span<const Ask> asks, Timestamp now) {
    if (asks.empty()) return {};
    BudgetsAsked budgets = added_up(asks);
    Session session(connection_, Mode::autocommit);
    for (const auto& row : session.run(sql::grant, params_of(budgets, now))) {
        Budget& budget = budgets.at({text_of(row[0]), text_of(row[1])});
        budget.granted = integer_of(row[2]);
        const std::int64_t level = integer_of(row[3]);
        budget.more_after = time_to_one(budget.rate, level);
        budget.left = std::max<std::int64_t>(0, level / budget.rate.period.count());
    }
    std::vector<identity::Grant> grants;
    for (const Ask& ask : asks) {
        Budget& budget = budgets.at({ask.principal, ask.rate_class});
        const std::int64_t tokens = std::min(ask.tokens, budget.granted);
        budget.granted -= tokens;
        grants.push_back({.tokens = tokens, .more_after = budget.more_after, .left = budget.left});
    }
    return grants;
}

std::int64_t Accounts::sign_in_failures(const std::string& who, Timestamp since) {
    Session session(connection_, Mode::autocommit);
    return integer_of(session.run(sql::count_failures, {who, since})[0][0]);
}

void Accounts::note_sign_in_failure(const std::string& who, Timestamp now) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::insert_failure, {who, now});
}

void Accounts::forget_sign_in_failures(const std::string& who) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::forget_failures, {who});
}

void Accounts::audit(std::span<const AuditLine> lines) {
    Session session(connection_, Mode::autocommit);
    write_audit(session, lines);
}

bool Accounts::sweep(Timestamp now) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::sweep_tickets, {now});
    session.run(sql::sweep_failures, {now - limits::sign_in_failure_life});
    // Doors that begin ask also who signed out of a session whose tokens may still live.
    session.run(sql::sweep_families, {now - limits::revocation_history});
    session.run(sql::sweep_keys, {now - limits::dead_api_key_life});
    // Strangers' addresses may make more of them in a minute than one statement should lock.
    const auto swept = session.run(sql::sweep_budgets, {now, limits::max_swept_budgets});
    return swept.affected_rows() == limits::max_swept_budgets;
}

void Accounts::keep_audit_trail(std::chrono::days retention) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::keep_audit_trail, {std::int64_t{retention.count()}});
}

}  // namespace itn::storage
