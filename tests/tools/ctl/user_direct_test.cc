// The first account is held to the rules of all others, before any database is asked.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tools/ctl/environment.h"
#include "tools/ctl/exit_codes.h"
#include "tools/ctl/user.h"

namespace itn::ctl {
namespace {

const NewUser root{.name = "Root", .email = "root@itn.example", .role = "admin"};
constexpr const char* good = "a long walk between the stars";

/// What is said against it; "" when only the database is missing.
std::string refusal(const NewUser& user, const std::string& password,
                    const std::string& common_passwords = "") {
    const Environment environment{.database_url = "postgresql://itn@127.0.0.1:1/none",
                                  .common_passwords = common_passwords};
    try {
        add_user_directly(environment, user, password);
    } catch (const Trouble& trouble) {
        EXPECT_EQ(trouble.exit(), Exit::refused);
        return trouble.what();
    } catch (const std::exception&) {
        return "";
    }
    return "made";
}

std::string refusal(void (*change)(NewUser&)) {
    NewUser user = root;
    change(user);
    return refusal(user, good);
}

TEST(UserDirect, takes_what_the_api_takes) {
    EXPECT_EQ(refusal(root, good), "");
    EXPECT_EQ(refusal([](NewUser& user) { user.stations = {"europa", "ceres"}; }), "");
}

TEST(UserDirect, refuses_names_addresses_and_rights_as_the_api_does) {
    const auto says = [](const std::string& words, const char* place) {
        EXPECT_NE(words.find(place), words.npos) << words;
    };
    says(refusal([](NewUser& user) { user.name = ""; }), "/name");
    says(refusal([](NewUser& user) { user.name = "Root\033[2J"; }), "/name");
    says(refusal([](NewUser& user) { user.name = "Root\nadmin"; }), "/name");
    says(refusal([](NewUser& user) { user.name = "Root\u202e"; }), "/name");
    says(refusal([](NewUser& user) { user.email = "@"; }), "/email");
    says(refusal([](NewUser& user) { user.role = "partner"; }), "/role");
    says(refusal([](NewUser& user) { user.stations = {"Ceres"}; }), "/stations/0");
    EXPECT_NE(refusal([](NewUser& user) { user.name = "\xff"; }), "") << "no UTF-8";
    const auto many = [](NewUser& user) {
        for (int n = 10; n < 100; ++n)
            user.stations.push_back("a-station-with-a-name-of-some-length-" + std::to_string(n));
    };
    says(refusal(many), "do not fit into one token");
}

TEST(UserDirect, refuses_passwords_as_the_api_does) {
    for (const char* password : {"short", "password1", "root@itn.example"})
        EXPECT_NE(refusal(root, password).find("/password"), std::string::npos) << password;
    const std::string file =
        std::filesystem::temp_directory_path() / ("common-" + std::to_string(getpid()) + ".txt");
    std::ofstream(file) << "# the network's own\nOnly The Station Knows\n";
    EXPECT_EQ(refusal(root, "only the station knows"), "");
    EXPECT_NE(refusal(root, "only the station knows", file).find("/password"), std::string::npos);
    std::filesystem::remove(file);
}

}  // namespace
}  // namespace itn::ctl
