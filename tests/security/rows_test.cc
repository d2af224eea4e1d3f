// Whether rows.txt is what it promises to be: every row of bad input and every requirement of
// security stands there once, in order, and each has a test that exists, or says what production
// has to do.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace itn {
namespace {

namespace fs = std::filesystem;

const fs::path root = ITN_SOURCE_DIR;
constexpr int bad_inputs = 40;
constexpr int requirements = 45;

struct Proof {
    std::string file{};
    std::string test{};
};

struct Row {
    std::string name{};
    std::vector<Proof> proofs{};
    std::string production{};
};

/// The rows of the file; what is neither a row nor a line of one is a failure that names it.
std::vector<Row> rows() {
    static const std::regex heading("(row \\d+|S\\d+): \\S.*");
    static const std::regex proof("    (tests/\\S+) (\\w+\\.\\w+)");
    static const std::regex production("    production: (\\S.*)");
    static const std::regex more("        \\S.*");
    std::vector<Row> all;
    std::ifstream in(root / "tests/security/rows.txt");
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (line.empty() || line.starts_with('#')) continue;
        if (std::regex_match(line, match, heading)) {
            all.push_back({.name = match[1]});
        } else if (all.empty()) {
            ADD_FAILURE() << "before the first row: " << line;
        } else if (std::regex_match(line, match, proof)) {
            all.back().proofs.push_back({.file = match[1], .test = match[2]});
        } else if (std::regex_match(line, match, production)) {
            all.back().production = match[1];
        } else if (all.back().production.empty() || !std::regex_match(line, more)) {
            ADD_FAILURE() << all.back().name << ": " << line;
        }
    }
    return all;
}

/// "Suite.Name" of every test that a file defines.
std::set<std::string> tests_of(const fs::path& file) {
    static const std::regex definition(
        R"(^(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP)\((\w+),\s*(\w+))");
    std::set<std::string> names;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_search(line, match, definition))
            names.insert(match[1].str() + "." + match[2].str());
    }
    return names;
}

TEST(SecurityRows, StandOnceAndInOrder) {
    std::vector<std::string> expected;
    for (int i = 1; i <= bad_inputs; ++i)
        expected.push_back("row " + std::to_string(i));
    for (int i = 1; i <= requirements; ++i)
        expected.push_back("S" + std::to_string(i));
    std::vector<std::string> found;
    for (const auto& row : rows())
        found.push_back(row.name);
    EXPECT_EQ(found, expected);
}

TEST(SecurityRows, AreProvedByTestsThatExist) {
    std::map<std::string, std::set<std::string>> known;
    for (const auto& row : rows()) {
        EXPECT_FALSE(row.proofs.empty() && row.production.empty()) << row.name << " has no proof";
        for (const auto& [file, test] : row.proofs) {
            const auto found = known.find(file);
            const auto& tests = found != known.end()
                                    ? found->second
                                    : known.emplace(file, tests_of(root / file)).first->second;
            EXPECT_TRUE(tests.contains(test)) << row.name << ": no " << test << " in " << file;
        }
    }
}

}  // namespace
}  // namespace itn
