#include "workers/callers.h"

#include <vector>

#include "common/base/limits.h"
#include "common/rights/rights.h"

namespace itn::workers {

namespace {

/// Scopes are the doors' business: a command does not tell which token or key it came with.
identity::Caller caller_of(storage::Rights rights) {
    const auto scopes = rights.roles.contains(identity::Role::partner) ? identity::machine_scopes
                                                                       : identity::all_scopes;
    return identity::caller_of(std::move(rights.principal), rights.roles, scopes,
                               std::move(rights.stations));
}

}  // namespace

void Callers::gather(const std::set<Principal>& principals, storage::Transaction& transaction) {
    ++batch_;
    const auto now = clock_.steady();
    std::set<Principal> wanted;
    for (const Principal& principal : principals) {
        if (principal == domain::system_principal) continue;
        const auto found = known_.find(principal);
        if (found == known_.end() || now - found->second.read_at >= limits::caller_life)
            wanted.insert(principal);
    }
    read(wanted, transaction);
}

void Callers::read(const std::set<Principal>& principals, storage::Transaction& transaction) {
    if (principals.empty()) return;
    const std::vector<Principal> asked(principals.begin(), principals.end());
    auto found = transaction.rights(asked);
    if (known_.size() + asked.size() > limits::max_known_callers) known_.clear();
    const Known nobody{.caller = std::nullopt, .read_at = clock_.steady(), .batch = batch_};
    for (const Principal& principal : asked)
        known_.insert_or_assign(principal, nobody);
    for (storage::Rights& rights : found) {
        if (rights.disabled) continue;
        Known& known = known_[rights.principal];
        known.caller = caller_of(std::move(rights));
    }
}

std::optional<domain::Rejection> Callers::refuse(const domain::Command& command,
                                                 const domain::World& world,
                                                 storage::Transaction& transaction) {
    if (command.principal == domain::system_principal)
        return rights::refuse(command, identity::system_caller(), world);
    const auto judge = [&]() -> std::optional<domain::Rejection> {
        const auto found = known_.find(command.principal);
        if (found == known_.end() || !found->second.caller) return domain::Rejection::forbidden;
        return rights::refuse(command, *found->second.caller, world);
    };
    const auto verdict = judge();
    if (!verdict) return std::nullopt;
    const auto found = known_.find(command.principal);
    if (found != known_.end() && found->second.batch == batch_) return verdict;
    read({command.principal}, transaction);
    return judge();
}

}  // namespace itn::workers
