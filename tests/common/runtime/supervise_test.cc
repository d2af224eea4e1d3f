#include "common/runtime/supervise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace itn::runtime {
namespace {

using testing::HasSubstr;

struct Run {
    int code = 0;
    std::string log;
};

Run run(std::vector<const char*> arguments, const std::function<int()>& body) {
    Config config("itn-test", "Tests the frame.");
    const ProcessSettings process(config);
    arguments.insert(arguments.begin(), "itn-test");
    testing::internal::CaptureStderr();
    const int code =
        supervise(config, process, static_cast<int>(arguments.size()), arguments.data(), body);
    return {.code = code, .log = testing::internal::GetCapturedStderr()};
}

TEST(Supervise, GivesTheCodeOfTheBody) {
    const auto ran = run({"--log-format=json"}, [] { return 7; });
    EXPECT_EQ(ran.code, 7);
    EXPECT_THAT(ran.log, HasSubstr("process started"));
    EXPECT_THAT(ran.log, HasSubstr("\"code\":7"));
}

TEST(Supervise, AnExceptionEndsItWithOneAndALine) {
    const auto ran =
        run({"--log-format=json"}, []() -> int { throw std::runtime_error("the broker is gone"); });
    EXPECT_EQ(ran.code, 1);
    EXPECT_THAT(ran.log, HasSubstr("\"error\":\"the broker is gone\""));
}

TEST(Supervise, WrongSettingsNeverReachTheBody) {
    bool reached = false;
    const auto ran = run({"--log-level=loud"}, [&reached] {
        reached = true;
        return 0;
    });
    EXPECT_EQ(ran.code, 2);
    EXPECT_FALSE(reached);
    EXPECT_THAT(ran.log, HasSubstr("debug|info|warning|error"));
}

TEST(Supervise, LogLevelIsObeyed) {
    const auto ran = run({"--log-level=error", "--log-format=json"}, [] { return 0; });
    EXPECT_EQ(ran.log, "");
}

TEST(PortFile, SaysPidAndPorts) {
    const auto path = testing::TempDir() + "itn-ports-" + std::to_string(getpid());
    write_port_file(path, {{"port", 8080}, {"admin_port", 9000}});
    std::ifstream file(path);
    const auto ports = nlohmann::json::parse(file);
    EXPECT_EQ(ports, (nlohmann::json{{"pid", getpid()}, {"port", 8080}, {"admin_port", 9000}}));
    std::remove(path.c_str());
}

TEST(PortFile, NoPathNoFileAndABadPathThrows) {
    write_port_file("", {{"port", 1}});
    EXPECT_THROW(write_port_file("/nonexistent/ports", {{"port", 1}}), std::runtime_error);
}

}  // namespace
}  // namespace itn::runtime
