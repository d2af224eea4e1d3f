// docs/openapi.yaml and docs/asyncapi.yaml against the whole network: each example is executed,
// each answer, frame and message must be of the schema that describes it.

#include <gtest/gtest.h>

#include <cstdlib>

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

/// Judges and renders the descriptions; every process that starts from now on finds the pages.
void render_pages() {
    const std::string pages = ITN_BIN_DIR "/../../docs";  // where ./itn renders them
    const auto ran = run_program({ITN_SOURCE_DIR "/docs/site/build", pages});
    ASSERT_EQ(ran.code, 0) << ran.output;
    setenv("ITN_DOCS_DIR", pages.c_str(), 1);
}

TEST(Docs, AnswersAreAsDescribed) {
    ASSERT_NO_FATAL_FAILURE(render_pages());
    System system;
    setenv("ITN_TOKEN", system.admin_token().c_str(), 1);
    const auto ran = check("check_responses.py", {loopback(system.api_port()), docs});
    EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST(Docs, MessagesAreAsDescribed) {
    ASSERT_NO_FATAL_FAILURE(render_pages());
    System system;
    setenv("ITN_TOKEN", system.admin_token().c_str(), 1);
    const auto ran =
        check("check_messages.py",
              {loopback(system.api_port()), loopback(system.notifier_port()), system.amqp_url(),
               system.amqp_url_of("itn_api"), docs, ITN_SOURCE_DIR "/tests/golden"});
    ASSERT_EQ(ran.code, 0) << ran.output;

    const auto partner = system.add_partner("orion", {"ceres"});
    system.start("itn-ingress");
    const auto queues = check("check_partner.py", {partner, docs});
    EXPECT_EQ(queues.code, 0) << queues.output;
}

}  // namespace
}  // namespace itn::tests
