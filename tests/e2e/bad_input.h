#pragma once

// The network and the people of the tests of bad input: one for the whole program. Nova sells from
// ceres, vega buys for europa, and sirius acts for vesta alone, so that what the others do is none
// of their business.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/system.h"

namespace itn::tests {

class BadInputTest : public testing::Test {
protected:
    static void SetUpTestSuite();
    static void TearDownTestSuite();

    /// The requests of one person.
    struct Person {
        std::string token{};
        std::string principal{};

        Headers with(const Headers& more = {}) const;
        Answer get(const std::string& path) const;
        Answer send(const std::string& method, const std::string& path, const nlohmann::json& body,
                    const Headers& more = {}) const;
        /// POSTs a trade of ice from ceres to europa.
        Answer trade(std::int64_t quantity, const Headers& more = {}) const;
        /// A fresh API key.
        std::string key(const std::string& name) const;
    };

    static std::int64_t count(const std::string& from) {
        return std::stoll(system_->sql("SELECT count(*) FROM " + from));
    }
    static Person add_person(const std::string& name, const std::string& station);

    static System* system_;
    static Person nova_, vega_, sirius_;
    /// How many accounts, keys and partners the network began with.
    static std::string nobody_;
};

/// The kind of a problem: the last part of its type; "" for what is none.
std::string slug_of(const Answer& answer);
/// Where the first fault of a problem points to; "" when it has none.
std::string pointer_of(const Answer& answer);
/// A whole file; "" when there is none.
std::string text_of(const std::string& file);
/// Fails when the answer tells of the inside of the network.
void expect_discreet(const Answer& answer);

/// JSON texts of which most fit nowhere.
const std::vector<std::string>& odd_values();
/// The body with this text as the member's value.
std::string with_value(nlohmann::json body, const std::string& name, const std::string& value);

inline Headers waiting() {
    return {{"Prefer", "wait=20"}};
}
inline Headers keyed(const std::string& key) {
    return {{"Idempotency-Key", key}};
}

}  // namespace itn::tests
