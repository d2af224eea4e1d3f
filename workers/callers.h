#pragma once

// Who wished a command, as the database knows it now: the second check behind the doors. What was
// read of a principal is believed for limits::caller_life when it allows something; nothing is
// refused but on rights that the batch's own transaction has read. Principal system stands in no
// table: the permission table has a column for it.
//
// Lives on one thread, the store thread of a worker.

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>

#include "common/domain/decide.h"
#include "common/identity/permissions.h"
#include "common/runtime/clock.h"
#include "common/storage/store.h"

namespace itn::workers {

class Callers final {
public:
    explicit Callers(const runtime::Clock& clock) : clock_(clock) {}

    /// Begins a batch: reads, in its transaction, those that are not known or not any more.
    void gather(const std::set<Principal>& principals, storage::Transaction& transaction);

    /// Why the command may not be done in this world; nullopt when it may. Whoever is unknown or
    /// disabled may nothing. Throws domain::NotGathered, and what the transaction throws.
    std::optional<domain::Rejection> refuse(const domain::Command& command,
                                            const domain::World& world,
                                            storage::Transaction& transaction);

private:
    struct Known {
        std::optional<identity::Caller> caller{};  // nullopt: unknown or disabled
        std::chrono::steady_clock::time_point read_at{};
        std::uint64_t batch = 0;  // in whose transaction it was read
    };
    void read(const std::set<Principal>& principals, storage::Transaction& transaction);

    const runtime::Clock& clock_;
    std::uint64_t batch_ = 0;
    std::unordered_map<Principal, Known> known_;
};

}  // namespace itn::workers
