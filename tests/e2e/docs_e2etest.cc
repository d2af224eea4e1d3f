// docs/openapi.yaml and docs/asyncapi.yaml against the whole network: each example is executed,
// each answer, frame and message must be of the schema that describes it.

#include <gtest/gtest.h>

#include "tests/e2e/system.h"
#include "tests/support/process.h"

namespace itn::tests {
namespace {

/// Runs a checker of tests/docs with -B, so that it leaves nothing in the tree.
Ran check(const std::string& script, const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"/usr/bin/python3", "-B",
                                        std::string(ITN_SOURCE_DIR "/tests/docs/") + script};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_program(command);
}

std::string loopback(std::uint16_t port) {
    return "127.0.0.1:" + std::to_string(port);
}

constexpr const char* docs = ITN_SOURCE_DIR "/docs";

TEST(Docs, AnswersAreAsDescribed) {
    System system;
    const auto ran = check("check_responses.py", {loopback(system.api_port()), docs});
    EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST(Docs, MessagesAreAsDescribed) {
    System system;
    const auto ran =
        check("check_messages.py", {loopback(system.api_port()), loopback(system.notifier_port()),
                                    system.amqp_url(), docs, ITN_SOURCE_DIR "/tests/golden"});
    EXPECT_EQ(ran.code, 0) << ran.output;
}

}  // namespace
}  // namespace itn::tests
