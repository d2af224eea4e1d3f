// itnctl trade submit --file, where the network stops taking what it is sent in the middle of it.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/tools/ctl/pretend_server.h"

namespace itn::ctl::tests {
namespace {

using nlohmann::json;

constexpr const char* taken = R"({"status":202})";
constexpr const char* odd = R"({"status":422,"problem":{"detail":"odd"}})";

/// A file of 450 trades, which travel in batches of 200, and a network that refuses all after the
/// first.
class BulkTest : public testing::Test {
protected:
    BulkTest() {
        std::ofstream out(file_);
        for (int i = 0; i < 450; ++i)
            out << R"({"tradeType":"sell"})" << '\n';
    }
    ~BulkTest() override { std::filesystem::remove(file_); }

    Reply answer() {
        if (++batches_ == 2 && status_ != 202)
            return {.status = status_, .body = {{"detail", "no further"}}};
        std::string lines;
        for (int i = 0; i < 200; ++i)
            (lines += i == 7 ? odd : taken) += '\n';
        return {.text = lines};
    }
    Ended submit(bool as_json) {
        batches_ = 0;
        return run_itnctl({.url = server_.url(), .session_file = "/nowhere", .json = as_json},
                          {"trade", "submit", "--file", file_.c_str()});
    }

    const std::string file_ =
        std::filesystem::temp_directory_path() / ("bulk-" + std::to_string(getpid()) + ".ndjson");
    int status_ = 202;
    int batches_ = 0;
    PretendServer server_{[this](const std::string&, const json&) { return answer(); }};
};

TEST_F(BulkTest, breaks_off_with_a_report_and_the_code_of_what_went_wrong) {
    for (const auto& [status, code] : {std::pair(401, 4), std::pair(403, 1), std::pair(413, 1)}) {
        status_ = status;
        const Ended ended = submit(true);
        EXPECT_EQ(ended.code, code) << status;
        EXPECT_EQ(batches_, 2) << "nothing is sent after it";
        EXPECT_NE(ended.trouble.find("no further"), std::string::npos) << ended.trouble;
        const json report = json::parse(ended.output);
        EXPECT_EQ(report.at("accepted"), 199) << status;
        EXPECT_EQ(report.at("refused"), 1) << status;
        EXPECT_EQ(report.at("notTaken"), 250) << status;
        EXPECT_EQ(report.at("lines").at(199).at("status"), 202);
        EXPECT_EQ(report.at("lines").at(200).at("status"), 0);
        EXPECT_NE(report.value("brokenOff", "").find("at line 201: the same file again"),
                  std::string::npos)
            << report.value("brokenOff", "");
    }
}

TEST_F(BulkTest, a_report_for_people_names_no_line_that_was_not_sent) {
    status_ = 403;
    const Ended ended = submit(false);
    EXPECT_EQ(ended.output,
              "199 accepted, 251 not\n"
              "LINE  STATUS  WHY\n"
              "   8     422  odd\n"
              "broken off at line 201: the same file again goes on safely, and places nothing "
              "twice\n");
}

TEST_F(BulkTest, what_goes_through_is_not_called_broken) {
    const Ended ended = submit(true);
    EXPECT_EQ(ended.code, 1) << "three lines are odd";
    EXPECT_EQ(ended.trouble, "");
    const json report = json::parse(ended.output);
    EXPECT_EQ(report.at("accepted"), 447);
    EXPECT_FALSE(report.contains("brokenOff"));
}

}  // namespace
}  // namespace itn::ctl::tests
