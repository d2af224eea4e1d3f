#include "api/front/listener.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <system_error>

#include "tests/api/front/fixture.h"

namespace itn::api::front {
namespace {

TEST(Listeners, ShareOneFreePort) {
    const auto listeners = open_listeners("127.0.0.1", 0, 3, 16);
    EXPECT_EQ(listeners.descriptors.size(), 3U);
    EXPECT_NE(listeners.port, 0);
    for (const int fd : listeners.descriptors)
        ::close(fd);
}

TEST(Listeners, RefuseAPortThatIsTaken) {
    const Running running;
    EXPECT_THROW(open_listeners("127.0.0.1", running.server.port(), 1, 16), std::system_error);
    EXPECT_TRUE(is_alive(running));
}

TEST(Listeners, RefuseAnAddressThatIsNone) {
    EXPECT_THROW(open_listeners("not an address", 0, 1, 16), std::system_error);
}

}  // namespace
}  // namespace itn::api::front
