#pragma once

// What must be true of the books at any moment, each as one query that lists what breaks it. All
// are asked in one snapshot, so the audit may run while the network works.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/storage/postgres.h"

namespace itn::tools {

struct Finding {
    std::string check{};
    std::int64_t examined = 0;
    std::int64_t wrong = 0;
    std::vector<std::string> examples{};  // at most max_examples
    friend bool operator==(const Finding&, const Finding&) = default;
};
inline constexpr std::size_t max_examples = 5;

struct AuditOptions {
    bool busy = false;  // work is under way: watermarks may lag
    bool has_accepted = false;
    std::vector<std::string> accepted{};  // command ids that a door answered with 202
};

/// Every check in a fixed order. Throws MachineFailure.
std::vector<Finding> audit(const std::string& url, const AuditOptions& options);

/// The same, and all of it again after `wait` when nothing is wrong but that something was not yet
/// published: what was just committed is on its way.
std::vector<Finding> audit_patiently(const std::string& url, const AuditOptions& options,
                                     const std::function<void()>& wait);

/// The rows of trades, shipments and stock against the last event of each (fold.cc).
std::vector<Finding> audit_rows(storage::Session& session);

}  // namespace itn::tools
