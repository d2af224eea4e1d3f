#pragma once

// Walks a command through its guards: it starts with every fault at once, each row names the
// rejection that must stand first and then mends that fault alone, and at the end it is applied.

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/common/domain/galaxy.h"

namespace itn::domain::test {

struct Stop {
    Rejection rejection;
    std::function<void(Galaxy&, Command&)> mend;
};

inline void walk(Galaxy& galaxy, Command command, const std::vector<Stop>& stops) {
    for (const Stop& stop : stops) {
        const Decision decision = galaxy.judge(command);
        ASSERT_TRUE(decision.rejection) << "expected " << name(stop.rejection);
        ASSERT_EQ(name(*decision.rejection), name(stop.rejection)) << decision.detail;
        EXPECT_FALSE(decision.detail.empty());
        EXPECT_EQ(decision.subject, command.subject);
        stop.mend(galaxy, command);
    }
    const Decision last = galaxy.judge(command);
    EXPECT_FALSE(last.rejection) << text_of(last);
}

/// Mends that many walks share.
inline void issue_now(Galaxy&, Command& command) {
    command.issued_at = noon;
}
inline void expect_nothing(Galaxy&, Command& command) {
    command.expected_version.reset();
}

}  // namespace itn::domain::test
