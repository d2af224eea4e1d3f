// The program itself, as people and scripts have it: at a terminal, or between pipes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/pty.h"
#include "tests/tools/ctl/pretend_server.h"

namespace itn::ctl::tests {
namespace {

namespace fs = std::filesystem;
using itn::tests::Pty;
using nlohmann::json;
using Words = std::vector<std::string>;

const std::string itnctl = ITN_BIN_DIR "/itnctl";
const std::string bold = "\x1b[1m";
const json stations = {
    {"data", {{{"stationId", "ceres"}, {"name", "Ceres"}}, {{"stationId", "luna"}}}}};

class TerminalTest : public testing::Test {
protected:
    TerminalTest() {
        std::string name = (fs::temp_directory_path() / "itn-terminal-XXXXXX").string();
        directory_ = mkdtemp(name.data());
    }
    ~TerminalTest() override { fs::remove_all(directory_); }

    Reply answer(const std::string& asked, const json& body) {
        if (asked == "POST /api/auth/login") {
            password_ = body.value("password", "");
            return {.body = {{"accessToken", "a"}, {"refreshToken", "r"}, {"expiresIn", 900}}};
        }
        if (asked == "POST /api/trades/batch") {
            std::string taken;
            for (int i = 0; i < 200; ++i)
                taken += "{\"status\":202}\n";
            return {.text = taken};
        }
        return {.body = stations};
    }
    std::map<std::string, std::string> variables() const {
        return {{"ITN_URL", server_.url()},
                {"ITN_WS_URL", ""},
                {"ITN_API_KEY", ""},
                {"ITN_API_KEY_FILE", ""},
                {"ITN_PASSWORD", ""},
                {"ITN_PASSWORD_FILE", ""},
                {"NO_COLOR", ""},
                {"TERM", "xterm"},
                {"XDG_STATE_HOME", directory_.string()}};
    }
    /// What is shown, by a program that ends well.
    std::string screen(Words words, const std::map<std::string, std::string>& others = {}) const {
        auto all = variables();
        for (const auto& [name, value] : others)
            all[name] = value;
        words.insert(words.begin(), itnctl);
        return screen_of(words, all);
    }
    /// The same of a command line for the shell, whose $0 is itnctl.
    std::string shell(const std::string& line) const {
        return screen_of({"/bin/sh", "-c", line, itnctl}, variables());
    }
    static std::string screen_of(const Words& words,
                                 const std::map<std::string, std::string>& all) {
        Pty terminal(words, all);
        EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
        return terminal.screen();
    }
    std::string file(const std::string& name) const { return (directory_ / name).string(); }
    std::string content(const std::string& name) const {
        std::stringstream text;
        text << std::ifstream(file(name)).rdbuf();
        return text.str();
    }
    std::string trades() const {
        std::ofstream out(file("trades"));
        for (int i = 0; i < 450; ++i)
            out << R"({"tradeType":"sell"})" << '\n';
        return file("trades");
    }

    fs::path directory_;
    std::string password_;
    PretendServer server_{
        [this](const std::string& asked, const json& body) { return answer(asked, body); }};
};

TEST_F(TerminalTest, a_list_is_a_table_for_people) {
    const std::string shown = screen({"station", "list"});
    EXPECT_TRUE(shown.starts_with(bold)) << shown;
    EXPECT_NE(shown.find("\r\nceres    Ceres"), shown.npos) << shown;
    for (const char* variable : {"NO_COLOR", "TERM"}) {
        const std::string plain = screen({"station", "list"}, {{variable, "dumb"}});
        EXPECT_EQ(plain.find('\x1b'), plain.npos) << variable << ": " << plain;
        EXPECT_NE(plain.find("\r\nceres    Ceres"), plain.npos) << plain;
    }
}

TEST_F(TerminalTest, a_list_is_json_for_programs_and_for_who_asks) {
    EXPECT_EQ(json::parse(screen({"station", "list", "--json"}), nullptr, false), stations);
    EXPECT_EQ(shell("\"$0\" station list | cat >" + file("out")), "");
    EXPECT_EQ(json::parse(content("out"), nullptr, false), stations);
}

TEST_F(TerminalTest, progress_is_drawn_where_somebody_watches) {
    const std::string line = "\"$0\" trade submit --file " + trades();
    const std::string end = "450/450";
    EXPECT_NE(shell(line + " >" + file("out")).find(end), std::string::npos)
        << "standard error is the terminal";
    EXPECT_EQ(json::parse(content("out"), nullptr, false).value("accepted", 0), 450);
    const std::string shown = shell(line + " 2>" + file("err"));
    EXPECT_EQ(shown, "450 accepted, 0 not\r\n");
    EXPECT_EQ(content("err"), "");
    const std::string quiet = shell(line + " --quiet >" + file("out"));
    EXPECT_EQ(quiet, "");
}

TEST_F(TerminalTest, what_is_typed_for_a_password_is_not_shown) {
    Pty terminal({itnctl, "login", "ada@ceres.example"}, variables());
    EXPECT_TRUE(terminal.shows("Password: "));
    EXPECT_FALSE(terminal.echoes());
    terminal.type("engine of smok\x7f");
    terminal.type("\x15");
    terminal.type("engine of brass\r");
    EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
    EXPECT_EQ(password_, "engine of brass") << "as it was corrected";
    EXPECT_EQ(terminal.screen().find("engine"), std::string::npos) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
}

TEST_F(TerminalTest, who_gives_up_sees_again_what_they_type) {
    Pty terminal({itnctl, "login", "ada@ceres.example"}, variables());
    ASSERT_TRUE(terminal.shows("Password: "));
    EXPECT_FALSE(terminal.echoes());
    terminal.type("engine\x03");
    EXPECT_EQ(terminal.wait(), 2) << terminal.screen();
    EXPECT_EQ(terminal.screen().find("engine"), std::string::npos) << terminal.screen();
    EXPECT_EQ(server_.count("POST"), 0U);
    EXPECT_TRUE(terminal.echoes());
}

TEST_F(TerminalTest, bash_completes_what_the_program_prints) {
    const auto offered = [](const std::string& words) {
        const auto ran = itn::tests::run_program(
            {"env", "XDG_STATE_HOME=/nowhere", "bash", "-c",
             "source <(\"$0\" completion bash); COMP_WORDS=(" + words +
                 "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _itnctl; echo \"${COMPREPLY[*]}\"; "
                 "complete -p itnctl",
             itnctl});
        EXPECT_EQ(ran.code, 0) << ran.output;
        EXPECT_NE(ran.output.find("-F _itnctl itnctl"), std::string::npos) << ran.output;
        return ran.output.substr(0, ran.output.find('\n'));
    };
    EXPECT_EQ(offered("itnctl par"), "partner");
    EXPECT_EQ(offered("itnctl trade sub"), "submit");
    EXPECT_EQ(offered("itnctl trade submit --fi"), "--file");
    EXPECT_EQ(offered("itnctl trade submit --type ''"), "buy sell");
}

}  // namespace
}  // namespace itn::ctl::tests
