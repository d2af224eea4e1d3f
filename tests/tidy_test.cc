// Style as a test: what a reader may rely on everywhere in the tree, held against every tracked
// file. Each finding names its place and what to do instead.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace itn {
namespace {

namespace fs = std::filesystem;

const fs::path root = ITN_SOURCE_DIR;

struct File {
    std::string path;
    std::vector<std::string> lines;

    bool is_header() const { return path.ends_with(".h"); }
    bool is_cpp() const { return is_header() || path.ends_with(".cc"); }
    bool is_below(std::string_view folder) const { return path.starts_with(folder); }
};

std::vector<std::string> lines_of(std::istream& in) {
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

/// The text files under version control that still exist.
std::vector<File> tracked_files() {
    const auto ran =
        tests::run_program({"git", "-c", "safe.directory=*", "-C", root.string(), "ls-files"});
    EXPECT_EQ(ran.code, 0) << ran.output;
    std::istringstream names(ran.output);
    std::vector<File> files;
    static const std::set<std::string> kinds{".cc", ".h",   ".sql",  ".md", ".sh",  ".txt",
                                             ".ts", ".tsx", ".yaml", "",    ".json"};
    for (const auto& name : lines_of(names)) {
        std::ifstream in(root / name);
        if (in && kinds.contains(fs::path(name).extension().string()))
            files.push_back({.path = name, .lines = lines_of(in)});
    }
    return files;
}

const std::vector<File>& all_files() {
    static const auto files = tracked_files();
    return files;
}

std::vector<File> cpp_files() {
    std::vector<File> files;
    std::copy_if(all_files().begin(), all_files().end(), std::back_inserter(files),
                 [](const File& file) { return file.is_cpp(); });
    return files;
}

/// Calls `look` with every line of every file; what it returns, if anything, is a finding.
template <class Look>
void expect_of_lines(const std::vector<File>& files, const Look& look) {
    ASSERT_FALSE(files.empty());
    for (const auto& file : files) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string finding = look(file, file.lines[i]);
            EXPECT_EQ(finding, "") << file.path << ":" << i + 1 << ": " << file.lines[i];
        }
    }
}

std::size_t columns(const std::string& line) {
    return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

TEST(Tidy, FilesHoldOneThing) {
    for (const auto& file : cpp_files())
        EXPECT_LE(file.lines.size(), 400U) << file.path << " holds more than one thing: split it";
}

TEST(Tidy, LinesFitInHundredColumns) {
    expect_of_lines(cpp_files(), [](const File&, const std::string& line) -> std::string {
        return columns(line) > 100 ? "longer than 100 columns" : "";
    });
}

TEST(Tidy, NoTabsNoTrailingBlanksNoUnfinishedMarks) {
    // Written in halves, so that this file does not find itself.
    static const std::regex marks(
        "\\b(TO"
        "DO|FIX"
        "ME|XX"
        "X|HA"
        "CK)\\b");
    expect_of_lines(all_files(), [](const File& file, const std::string& line) -> std::string {
        if (std::regex_search(line, marks)) return "finish it, or say what is missing in an issue";
        if (file.path.ends_with(".md") || file.path.ends_with(".json")) return "";
        if (line.find('\t') != std::string::npos) return "a tab: use four spaces";
        return !line.empty() && line.back() == ' ' ? "blanks at the end" : "";
    });
}

TEST(Tidy, NothingTellsOfTheMachineItWasWrittenOn) {
    static const std::regex paths(
        "(^|[^a-zA-Z0-9_.~-])/(wo"
        "rk|home|root)/[a-z]");
    expect_of_lines(all_files(), [](const File&, const std::string& line) -> std::string {
        return std::regex_search(line, paths) ? "a path of one machine" : "";
    });
}

/// Words that say nothing, and where to look for the word that does.
const std::map<std::string, std::string> empty_words{
    {"Manager", "name what it does: pump, fleet, pool"},
    {"Helper", "name the verb, and make it a function"},
    {"Util", "name the verb, and make it a function"},
    {"Utils", "name the verbs, and make them functions"},
    {"Service", "name the room: front, gateway, hub"},
    {"Impl", "name the technology: broker_rabbitmq, store_memory"},
    {"Data", "name what it is: row, batch, body, bytes"},
    {"Info", "name the fact: version, position, outcome"},
    {"Base", "an interface bears the plain name: Broker, Store"}};

/// What to say about the words of a TitleCase or snake_case name.
std::string judge_name(const std::string& name) {
    static const std::regex word("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])");
    for (std::sregex_iterator at(name.begin(), name.end(), word), end; at != end; ++at) {
        auto text = at->str();
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
        const auto found = empty_words.find(text);
        if (found != empty_words.end()) return name + ": " + found->second;
    }
    return "";
}

TEST(Tidy, FileNamesSaySomething) {
    for (const auto& file : cpp_files())
        EXPECT_EQ(judge_name(fs::path(file.path).stem().string()), "") << file.path;
}

TEST(Tidy, TypeNamesSaySomething) {
    static const std::regex type(
        R"(^\s*(?:class|struct|enum|enum class|using)\s+([A-Z][A-Za-z0-9]*)\b)");
    expect_of_lines(cpp_files(), [](const File&, const std::string& line) {
        std::smatch match;
        return std::regex_search(line, match, type) ? judge_name(match[1]) : std::string();
    });
}

TEST(Tidy, TheRuleAboutNamesKnowsItsWords) {
    EXPECT_NE(judge_name("StockManager"), "");
    EXPECT_NE(judge_name("string_utils"), "");
    EXPECT_NE(judge_name("HTTPService"), "");
    EXPECT_EQ(judge_name("Database"), "");
    EXPECT_EQ(judge_name("Implicit"), "");
    EXPECT_EQ(judge_name("private_postgres"), "");
}

TEST(Tidy, HeadersOpenWithPragmaOnce) {
    for (const auto& file : cpp_files()) {
        if (!file.is_header()) continue;
        ASSERT_FALSE(file.lines.empty()) << file.path;
        EXPECT_EQ(file.lines.front(), "#pragma once") << file.path;
    }
}

TEST(Tidy, HeadersOpenNoNamespaces) {
    expect_of_lines(cpp_files(), [](const File& file, const std::string& line) -> std::string {
        const bool opens = file.is_header() && line.starts_with("using namespace");
        return opens && line.find("_literals;") == std::string::npos ? "it leaks to every reader"
                                                                     : "";
    });
}

/// The path inside #include "..." or #include <...>, with its opening mark; empty when there is
/// none.
std::string included(const std::string& line) {
    static const std::regex include(R"re(^\s*#\s*include\s+(["<][^">]+)[">])re");
    std::smatch match;
    return std::regex_search(line, match, include) ? match[1].str() : "";
}

TEST(Tidy, IncludesStartAtTheRoot) {
    expect_of_lines(cpp_files(), [](const File&, const std::string& line) -> std::string {
        const auto path = included(line);
        if (!path.starts_with('"')) return "";
        return fs::exists(root / path.substr(1)) ? "" : "write the path from the repository root";
    });
}

/// Which rooms a room may look into besides itself: the arrows of ARCHITECTURE.md. The rooms
/// without a row, mains and tests, may look everywhere.
const std::map<std::string, std::vector<std::string>> may_include{
    {"common/base/", {}},
    {"common/domain/", {"common/base/"}},
    {"common/wire/", {"common/base/", "common/domain/", "common/identity/"}},
    {"common/runtime/", {"common/base/"}},
    {"common/identity/", {"common/base/", "common/runtime/"}},
    {"common/messaging/", {"common/base/", "common/domain/", "common/wire/", "common/runtime/"}},
    {"common/rights/", {"common/base/", "common/domain/", "common/wire/", "common/identity/"}},
    {"common/storage/",
     {"common/base/", "common/domain/", "common/wire/", "common/identity/", "common/runtime/"}},
    {"common/gateway/",
     {"common/base/", "common/domain/", "common/wire/", "common/messaging/", "common/storage/",
      "common/identity/", "common/rights/", "common/runtime/"}},
    {"api/", {"common/"}},
    {"api/front/", {"common/base/", "common/runtime/"}},
    {"workers/", {"common/"}}};

TEST(Tidy, RoomsLookOnlyWhereTheyMay) {
    expect_of_lines(cpp_files(), [](const File& file, const std::string& line) -> std::string {
        const auto path = included(line);
        if (!path.starts_with('"') || file.path.ends_with("/main.cc")) return "";
        for (const auto& [room, allowed] : may_include) {
            if (!file.is_below(room) || path.substr(1).starts_with(room)) continue;
            const bool fine = std::any_of(allowed.begin(), allowed.end(), [&](const auto& other) {
                return path.substr(1).starts_with(other);
            });
            if (!fine) return room + " does not know " + path.substr(1);
        }
        return "";
    });
}

TEST(Tidy, TheDomainIsPure) {
    static const std::regex outside(
        "nlohmann|pqxx|amqp|spdlog|openssl|uv\\.h|<random>|<thread>|<mutex>|<fstream>|<iostream>");
    expect_of_lines(cpp_files(), [](const File& file, const std::string& line) -> std::string {
        if (!file.is_below("common/domain/")) return "";
        if (line.find("_clock::") != std::string::npos) return "the time comes with the command";
        return !included(line).empty() && std::regex_search(line, outside)
                   ? "no JSON, no SQL, no AMQP, no input or output in the domain"
                   : "";
    });
}

TEST(Tidy, StorageAloneSpeaksSql) {
    static const std::regex sql(
        R"(["(]\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|WITH) [a-z(*])");
    expect_of_lines(cpp_files(), [](const File& file, const std::string& line) -> std::string {
        if (file.is_below("common/storage/") || file.is_below("tests/")) return "";
        // The auditor trusts none of the code it audits.
        if (file.is_below("tools/audit/")) return "";
        return std::regex_search(line, sql) ? "move it to common/storage" : "";
    });
}

TEST(Tidy, SqlIsNeverPutTogether) {
    static const std::regex fresh(R"(\bexec(ute|_params)?\(|\bStatement [a-z_]+[{(=]|\bquote\()");
    expect_of_lines(cpp_files(), [](const File& file, const std::string& line) -> std::string {
        if (!file.is_below("common/storage/") && !file.is_below("api/")) return "";
        // The one place where statements become queries, and the one that runs whole files.
        if (file.path.starts_with("common/storage/postgres.")) return "";
        if (file.path == "common/storage/migrate.cc") return "";
        if (line.find("constexpr Statement ") != std::string::npos) return "";
        return std::regex_search(line, fresh) ? "a constexpr Statement with parameters" : "";
    });
}

/// The sources that CMakeLists.txt names, as one pattern: "tests/e2e/${test}_e2etest.cc" inside a
/// loop stands for every word in its place.
std::regex listed_sources() {
    const auto list = std::find_if(all_files().begin(), all_files().end(),
                                   [](const File& file) { return file.path == "CMakeLists.txt"; });
    if (list == all_files().end()) return std::regex("no CMakeLists.txt");
    static const std::regex source(R"([A-Za-z0-9_./${}-]+\.cc)");
    std::string pattern;
    for (const auto& line : list->lines) {
        for (std::sregex_iterator at(line.begin(), line.end(), source), end; at != end; ++at) {
            const auto dots = std::regex_replace(at->str(), std::regex(R"(\.)"), R"(\.)");
            pattern += (pattern.empty() ? "" : "|") +
                       std::regex_replace(dots, std::regex(R"(\$\{\w+\})"), "[a-z0-9_]+");
        }
    }
    return std::regex(pattern);
}

TEST(Tidy, EveryFileIsBuilt) {
    const auto listed = listed_sources();
    for (const auto& file : cpp_files()) {
        if (file.is_header()) continue;
        EXPECT_TRUE(std::regex_match(file.path, listed))
            << file.path << " stands in no list of CMakeLists.txt";
    }
}

}  // namespace
}  // namespace itn
