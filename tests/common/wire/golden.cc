#include "tests/common/wire/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace itn::wire {

void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(ITN_GOLDEN_DIR) + "/" + name + ".json";
    if (std::getenv("ITN_WRITE_GOLDEN") != nullptr) {
        std::ofstream(path) << text << '\n';
        return;
    }
    std::ifstream file(path);
    ASSERT_TRUE(file.is_open()) << path;
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(text + "\n", golden.str()) << path;
}

}  // namespace itn::wire
