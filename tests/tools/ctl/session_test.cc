#include "tools/ctl/session.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tools/ctl/exit_codes.h"

namespace itn::ctl {
namespace {

namespace fs = std::filesystem;

class SessionTest : public testing::Test {
protected:
    SessionTest() {
        std::string name = (fs::temp_directory_path() / "itn-session-XXXXXX").string();
        directory_ = mkdtemp(name.data());
        path_ = directory_ / "state" / "itn" / "session.json";
    }
    ~SessionTest() override { fs::remove_all(directory_); }

    fs::path directory_;
    fs::path path_;
};

const Session alice{.email = "alice@itn.example",
                    .access_token = "access",
                    .refresh_token = "refresh",
                    .expires_at = 1'900'000'000};

TEST_F(SessionTest, keeps_a_session_for_each_network) {
    const SessionFile file(path_);
    EXPECT_EQ(file.load("http://a"), std::nullopt);
    file.save("http://a", alice);
    Session bob = alice;
    bob.email = "bob@itn.example";
    file.save("http://b", bob);
    EXPECT_EQ(file.load("http://a"), alice);
    EXPECT_EQ(file.load("http://b"), bob);
    file.save("http://a", std::nullopt);
    EXPECT_EQ(file.load("http://a"), std::nullopt);
    EXPECT_EQ(file.load("http://b"), bob);
}

TEST_F(SessionTest, nobody_else_can_read_it) {
    const SessionFile file(path_);
    file.save("http://a", alice);
    struct stat facts {};
    ASSERT_EQ(stat(path_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    ASSERT_EQ(stat(path_.parent_path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(SessionTest, a_file_that_others_can_read_is_refused) {
    const SessionFile file(path_);
    file.save("http://a", alice);
    fs::permissions(path_, fs::perms::group_read, fs::perm_options::add);
    EXPECT_THROW(static_cast<void>(file.load("http://a")), Trouble);
}

TEST_F(SessionTest, what_is_no_session_file_is_left_alone) {
    fs::create_directories(path_.parent_path());
    std::ofstream(path_) << "my diary\n";
    fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write);
    const SessionFile file(path_);
    EXPECT_THROW(file.save("http://a", alice), Trouble);
    EXPECT_EQ(fs::file_size(path_), 9U);
}

TEST_F(SessionTest, the_lock_is_held_by_one_at_a_time) {
    const SessionFile file(path_);
    std::atomic<int> inside = 0, most = 0;
    std::vector<std::thread> others;
    for (int i = 0; i < 4; ++i) {
        others.emplace_back([&] {
            for (int turn = 0; turn < 10; ++turn) {
                const SessionFile::Lock lock(file);
                most = std::max(most.load(), ++inside);
                file.save("http://" + std::to_string(turn), alice);
                --inside;
            }
        });
    }
    for (std::thread& other : others)
        other.join();
    EXPECT_EQ(most, 1);
    for (int turn = 0; turn < 10; ++turn)
        EXPECT_EQ(file.load("http://" + std::to_string(turn)), alice);
}

}  // namespace
}  // namespace itn::ctl
