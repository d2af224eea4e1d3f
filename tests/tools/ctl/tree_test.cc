#include "tools/ctl/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tools/ctl/completion.h"
#include "tools/ctl/exit_codes.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl {
namespace {

struct Given {
    std::string station{}, type = "buy", delta{};
    std::vector<std::string> items{};
    std::optional<std::int64_t> version{};
    bool sure = false;
};

class TreeTest : public testing::Test {
protected:
    TreeTest() {
        Verb verb = tree_.noun("trade", "Goods.").verb("submit", "Places a trade.");
        verb.word("station", given_.station, "Where.").word_if("delta", given_.delta, "How many.");
        verb.text("--type", given_.type, "Who.").choices({"buy", "sell"});
        verb.list("--item", given_.items, "What.").number("--version", given_.version, "Which.");
        verb.flag("--sure", given_.sure, "Really.");
        verb.runs([](Desk&) { return 0; });
    }
    /// The exit code, or -1 when there is a command to run.
    int parse(std::vector<const char*> words) {
        words.insert(words.begin(), "itnctl");
        int code = 0;
        return tree_.parse(static_cast<int>(words.size()), words.data(), code) ? -1 : code;
    }

    Tree tree_;
    Given given_;
};

TEST_F(TreeTest, reads_words_and_options) {
    EXPECT_EQ(parse({"trade", "submit", "--item", "ice=1", "ceres", "--item", "rice=2", "-7",
                     "--version", "3", "--sure", "--json"}),
              -1);
    EXPECT_EQ(given_.station, "ceres");
    EXPECT_EQ(given_.delta, "-7");
    EXPECT_EQ(given_.items, (std::vector<std::string>{"ice=1", "rice=2"}));
    EXPECT_EQ(given_.version, 3);
    EXPECT_TRUE(given_.sure);
    EXPECT_TRUE(tree_.common().json);
}

TEST_F(TreeTest, what_is_wrong_is_usage) {
    constexpr int usage = static_cast<int>(Exit::usage);
    EXPECT_EQ(parse({}), usage);
    EXPECT_EQ(parse({"trade"}), usage);
    EXPECT_EQ(parse({"trade", "submit"}), usage);
    EXPECT_EQ(parse({"trade", "submit", "ceres", "--type", "steal"}), usage);
    EXPECT_EQ(parse({"trade", "submit", "ceres", "--version", "three"}), usage);
    EXPECT_EQ(parse({"trade", "submit", "ceres", "--unknown"}), usage);
    EXPECT_EQ(parse({"smuggle"}), usage);
}

TEST_F(TreeTest, names_the_words_there_are_in_place_of_one_that_is_not) {
    const auto told = [&](const std::vector<const char*>& words) {
        testing::internal::CaptureStderr();
        EXPECT_EQ(parse(words), static_cast<int>(Exit::usage));
        const std::string text = testing::internal::GetCapturedStderr();
        return text.substr(0, text.find('\n'));
    };
    EXPECT_EQ(told({"smuggle"}), "itnctl knows no 'smuggle'; there are: trade");
    EXPECT_EQ(told({"trade", "smuggle"}), "itnctl trade knows no 'smuggle'; there are: submit");
    EXPECT_EQ(told({"trade"}), "itnctl trade says too little; there are: submit");
}

TEST_F(TreeTest, show_and_get_are_the_same) {
    for (const char* name : {"show", "get"}) {
        Tree tree;
        tree.noun("trade", "Goods.").verb(name, "One.").runs([](Desk&) { return 0; });
        for (const char* word : {"show", "get"}) {
            const char* const words[] = {"itnctl", "trade", word};
            int code = 0;
            EXPECT_TRUE(tree.parse(3, words, code).has_value()) << name << ' ' << word;
        }
    }
}

TEST_F(TreeTest, help_is_no_error) {
    EXPECT_EQ(parse({"--help"}), 0);
    EXPECT_EQ(parse({"trade", "submit", "--help"}), 0);
}

const Outline& child(const Outline& node, const std::string& name) {
    const auto found = std::find_if(node.children.begin(), node.children.end(),
                                    [&](const Outline& one) { return one.name == name; });
    if (found == node.children.end()) throw std::runtime_error("no " + name);
    return *found;
}

TEST_F(TreeTest, an_outline_tells_options_and_choices) {
    const Outline submit = child(child(tree_.outline(), "trade"), "submit");
    std::vector<std::string> valued, choices;
    for (const OptionOutline& option : submit.options) {
        if (option.takes_value) valued.push_back(option.name);
        if (option.name == "--type") choices = option.choices;
    }
    EXPECT_EQ(valued, (std::vector<std::string>{"--type", "--item", "--version"}));
    EXPECT_EQ(choices, (std::vector<std::string>{"buy", "sell"}));
}

void expect_helpful(const Outline& node, const std::string& path) {
    EXPECT_NE(node.help, "") << path;
    std::set<std::string> names;
    for (const OptionOutline& option : node.options) {
        EXPECT_TRUE(option.name.starts_with("--")) << path << ' ' << option.name;
        EXPECT_NE(option.help, "") << path << ' ' << option.name;
        EXPECT_TRUE(names.insert(option.name).second) << path << ' ' << option.name;
        // Secrets never stand on a command line, where every process of the machine reads them.
        for (const char* secret : {"--password", "--secret", "--token", "--api-key"})
            EXPECT_NE(option.name, secret) << path;
    }
    for (const Outline& one : node.children)
        expect_helpful(one, path + ' ' + one.name);
}

TEST(Nouns, every_word_of_itnctl_has_its_help) {
    Tree tree;
    add_all(tree);
    const Outline program = tree.outline();
    EXPECT_EQ(program.children.size(), 13U);
    expect_helpful(program, "itnctl");
}

}  // namespace
}  // namespace itn::ctl
