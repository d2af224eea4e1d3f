// The corpora in the normal test run: every file as it is, and damaged in ways that find what
// parsers forget: cut off anywhere, one byte changed or left out, doubled. What a target must not
// do (crash, hang, break its promise) ends this program.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/target.h"

namespace itn::fuzz {

std::map<std::string, Target>& targets() {
    static std::map<std::string, Target> all;
    return all;
}

namespace {

namespace fs = std::filesystem;

std::vector<std::string> corpus_of(const std::string& target) {
    std::vector<std::string> seeds;
    for (const auto& entry : fs::directory_iterator(fs::path(ITN_CORPUS_DIR) / target)) {
        std::ifstream file(entry.path(), std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return seeds;
}

/// At most about 200 places of a text, evenly spread.
std::size_t stride_of(const std::string& seed) {
    return std::max<std::size_t>(1, seed.size() / 200);
}

void feed_damaged(Target target, const std::string& seed) {
    for (std::size_t at = 0; at < seed.size(); at += stride_of(seed)) {
        target(std::string_view(seed).substr(0, at));
        for (const char c : {'\0', '"', '}', '\\', '\xff', '9', '-'}) {
            auto changed = seed;
            changed[at] = c;
            target(changed);
        }
        auto shorter = seed;
        target(shorter.erase(at, 1));
    }
    target(seed + seed);
}

TEST(Corpus, EveryTargetHasOneAndStandsIt) {
    ASSERT_EQ(targets().size(), 7u);
    for (const auto& [name, target] : targets()) {
        const auto seeds = corpus_of(name);
        EXPECT_GE(seeds.size(), 3u) << name;
        target({});
        for (const auto& seed : seeds) {
            target(seed);
            feed_damaged(target, seed);
        }
    }
}

}  // namespace
}  // namespace itn::fuzz
