#include "common/identity/token_stations.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace itn::identity {
namespace {

std::vector<StationId> stations(int count) {
    std::vector<StationId> made;
    for (int n = 0; n < count; ++n)
        made.emplace_back("station-" + std::to_string(1'000 + n) + std::string(40, 'x'));
    return made;
}

TEST(TokenStations, FitUpToALimit) {
    int most = 0;
    while (!stations_problem("itn", "itn", stations(most + 1)))
        ++most;
    EXPECT_GE(most, 40);
    EXPECT_LT(most, limits::max_account_stations);
    EXPECT_EQ(stations_problem("itn", "itn", stations(most + 1))->slug, "token_too_large");
    EXPECT_TRUE(stations_problem("itn" + std::string(100, 'x'), "itn", stations(most)));
    EXPECT_TRUE(stations_problem("itn", "itn" + std::string(100, 'x'), stations(most)));
}

}  // namespace
}  // namespace itn::identity
