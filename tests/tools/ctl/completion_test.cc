#include "tools/ctl/completion.h"

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace itn::ctl {
namespace {

Outline small_program() {
    const OptionOutline type{
        .name = "--type", .help = "Who asks.", .takes_value = true, .choices = {"buy", "sell"}};
    const OptionOutline json{.name = "--json", .help = "Nobody's terminal."};
    const Outline submit{.name = "submit", .help = "Places a trade.", .options = {type}};
    const Outline list{.name = "list", .help = "Shows trades."};
    const Outline trade{.name = "trade", .help = "Goods.", .children = {submit, list}};
    return {.name = "itnctl",
            .help = "",
            .options = {json},
            .children = {trade, {.name = "login", .help = "Signs in. It's easy."}}};
}

/// What bash offers after these words, the last of which is being typed.
std::string offered(const std::string& words) {
    std::string script = bash_completion(small_program());
    script += "COMP_WORDS=(" + words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n";
    script += "_itnctl\nprintf '%s ' \"${COMPREPLY[@]}\"\n";
    const auto ran = tests::run_program({"bash", "-c", script});
    EXPECT_EQ(ran.code, 0) << ran.output;
    return ran.output;
}

TEST(Completion, bash_offers_what_may_follow) {
    EXPECT_EQ(offered("itnctl ''"), "trade login --json ");
    EXPECT_EQ(offered("itnctl tr"), "trade ");
    EXPECT_EQ(offered("itnctl trade ''"), "submit list --json ");
    EXPECT_EQ(offered("itnctl trade submit --t"), "--type ");
    EXPECT_EQ(offered("itnctl trade submit --type ''"), "buy sell ");
    EXPECT_EQ(offered("itnctl --json trade l"), "list ");
}

TEST(Completion, bash_offers_nothing_that_cannot_follow) {
    EXPECT_EQ(offered("itnctl trade login"), " ");
    EXPECT_EQ(offered("itnctl submit --ty"), " ");
}

TEST(Completion, zsh_offers_words_with_their_help) {
    const std::string script = zsh_completion(small_program());
    EXPECT_TRUE(script.starts_with("#compdef itnctl\n"));
    EXPECT_NE(script.find("'submit:Places a trade.'"), script.npos) << script;
    EXPECT_NE(script.find("'trade submit:--type') compadd -- buy sell"), script.npos) << script;
    EXPECT_NE(script.find("'login:Signs in. It’s easy.'"), script.npos) << script;
}

TEST(Completion, fish_offers_words_with_their_help) {
    const std::string script = fish_completion(small_program());
    EXPECT_NE(script.find("-n \"__itnctl_at 'trade'\" -a submit -d 'Places a trade.'"), script.npos)
        << script;
    EXPECT_NE(script.find("-n \"__itnctl_at 'trade submit'\" -l type -x -d 'Who asks.' "
                          "-a 'buy sell'"),
              script.npos)
        << script;
}

}  // namespace
}  // namespace itn::ctl
