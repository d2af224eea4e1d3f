#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <stdexcept>

#include "common/identity/password.h"

namespace itn::identity {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
    std::string out;
    while (times-- > 0)
        out += text;
    return out;
}

TEST(PasswordPolicy, RefusesByName) {
    struct Row {
        std::string password;
        std::string fault;  // "" is fine
    };
    const Row rows[] = {
        {"", "shorter than 8 characters"},
        {"seven77", "shorter than 8 characters"},
        {"eight888", ""},
        {repeat("\xc3\xa4", 7), "shorter than 8 characters"},
        {repeat("\xc3\xa4", 8), ""},
        {repeat("\xf0\x9f\x9a\x80", 8), ""},
        {"        ", ""},
        {repeat("long enough ", 6), ""},
        {std::string(128, 'x'), ""},
        {repeat("\xf0\x9f\x9a\x80", 256), ""},
        {std::string(1'025, 'x'), "longer than 1024 bytes"},
        {"password", "is among the first that anybody would guess"},
        {"PassWord123", "is among the first that anybody would guess"},
        {"intergalactic", "is among the first that anybody would guess"},
        {"password is what I say", ""},
        {"nova.pilot@ceres.example", "is the e-mail address"},
        {"Nova.Pilot", "is the e-mail address"},
        {"nova.pilot@ceres.example!", ""},
        {"caf\xe9 at noon", "is not UTF-8"},
        {"half a \xf0\x9f\x9a", "is not UTF-8"},
        {"overlong \xc0\xaf", "is not UTF-8"},
        {"overlong \xe0\x80\xaf", "is not UTF-8"},
        {"surrogate \xed\xa0\x80", "is not UTF-8"},
        {"beyond \xf4\x90\x80\x80", "is not UTF-8"},
    };
    for (const auto& [password, fault] : rows) {
        const auto problem = password_problem(password, "nova.pilot@ceres.example");
        EXPECT_EQ(problem ? problem->faults.at(0).detail : "", fault) << password;
        if (problem) {
            EXPECT_EQ(problem->slug, "invalid_request");
            EXPECT_EQ(problem->faults.at(0).pointer, "/password");
        }
    }
}

TEST(PasswordPolicy, TakesMoreFromAFile) {
    const std::string file = testing::TempDir() + "common_passwords";
    std::ofstream(file) << "#!comment: Some-Comment\r\nshort\nOrion-Belt\ncrab nebula\r\nlast-line";
    EXPECT_FALSE(is_common_password("orion-belt"));
    add_common_passwords(file);
    for (const auto* listed : {"orion-belt", "ORION-BELT", "Crab Nebula", "last-line", "password"})
        EXPECT_TRUE(is_common_password(listed)) << listed;
    for (const auto* other : {"short", "#!comment: Some-Comment", "", "orion-bel"})
        EXPECT_FALSE(is_common_password(other)) << other;
    EXPECT_TRUE(password_problem("ORION-belt", "").has_value());
    EXPECT_THROW(add_common_passwords(file + ".none"), std::runtime_error);
    EXPECT_THROW(add_common_passwords(testing::TempDir()), std::runtime_error);
}

TEST(PasswordPolicy, AnEmptyAddressForbidsNothing) {
    EXPECT_EQ(password_problem("quite all right", ""), std::nullopt);
}

RC_GTEST_PROP(PasswordPolicy, CountsCodePoints, ()) {
    const auto points = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"));
    std::string password;
    for (const auto& point : points)
        password += point;
    RC_PRE(password.size() <= 1'024);
    RC_ASSERT(password_problem(password, "").has_value() == (points.size() < 8));
}

}  // namespace
}  // namespace itn::identity
