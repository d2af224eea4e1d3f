#include "tools/ctl/exit_codes.h"

#include <gtest/gtest.h>

#include <string>

namespace itn::ctl {
namespace {

TEST(ExitCodes, an_answer_has_one) {
    for (const int status : {400, 403, 409, 412, 422, 428})
        EXPECT_EQ(exit_of(status), Exit::refused) << status;
    for (const int status : {0, 429, 500, 502, 503, 504})
        EXPECT_EQ(exit_of(status), Exit::unreachable) << status;
    EXPECT_EQ(exit_of(401), Exit::signed_out);
    EXPECT_EQ(exit_of(404), Exit::not_found);
}

TEST(ExitCodes, the_help_names_every_one) {
    const std::string text = exit_code_text;
    for (int code = 0; code <= static_cast<int>(Exit::unsettled); ++code)
        EXPECT_NE(text.find("\n  " + std::to_string(code) + "  "), text.npos) << code;
}

}  // namespace
}  // namespace itn::ctl
