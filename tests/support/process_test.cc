#include "tests/support/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

#include "tests/support/child.h"

namespace itn::tests {
namespace {

namespace fs = std::filesystem;

TEST(RunProgram, tells_how_it_ended_and_what_it_said) {
    const Ran ran = run_program({"sh", "-c", "cat; echo out; echo err >&2; exit 3"});
    EXPECT_EQ(ran.code, 3);
    EXPECT_EQ(ran.output, "out\nerr\n");
    EXPECT_EQ(run_program({"sh", "-c", "kill -9 $$"}).code, 128 + SIGKILL);
    EXPECT_THROW(run_program({"/nowhere/at/all"}), std::system_error);
}

/// Says through `out` whether the reaper is no child of its own, and stays until it is killed.
[[noreturn]] void wait_with_a_reaper(const std::string& directory, int out) {
    const Reaper reaper(R"(rm -r "$1")", {directory});
    const bool has_no_child = waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
    if (write(out, has_no_child ? "y" : "n", 1) != 1) _exit(1);
    for (;;)
        pause();
}

TEST(Reaper, is_nobodys_child_and_begins_when_its_program_is_killed) {
    std::string directory = (fs::temp_directory_path() / "itn-reaper-XXXXXX").string();
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t program = fork();
    if (program == 0) wait_with_a_reaper(directory, ends[1]);
    ASSERT_GT(program, 0);
    close(ends[1]);
    char said = 0;
    EXPECT_EQ(read(ends[0], &said, 1), 1);
    EXPECT_EQ(said, 'y');
    EXPECT_TRUE(fs::exists(directory));
    kill(program, SIGKILL);
    EXPECT_EQ(waitpid(program, nullptr, 0), program);
    EXPECT_TRUE(eventually([&] { return !fs::exists(directory); }));
    close(ends[0]);
}

TEST(Reaper, begins_when_it_is_let_go) {
    std::string directory = (fs::temp_directory_path() / "itn-reaper-XXXXXX").string();
    ASSERT_NE(mkdtemp(directory.data()), nullptr);
    { const Reaper reaper(R"(rm -r "$1")", {directory}); }
    EXPECT_TRUE(eventually([&] { return !fs::exists(directory); }));
}

TEST(FreePort, IsOneThatNoOutgoingConnectionTakes) {
    int first = 0;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
    std::set<std::uint16_t> seen;
    for (int i = 0; i < 50; ++i)
        seen.insert(free_port());
    EXPECT_GT(seen.size(), 25U);
    EXPECT_GE(*seen.begin(), 1'024);
    EXPECT_LT(*seen.rbegin(), std::max(12'000, first));
}

}  // namespace
}  // namespace itn::tests
