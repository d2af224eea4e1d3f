#include "workers/notifier/partner_letters.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

using nlohmann::json;

TEST(PartnerLetters, EachEventNamesTheOneBefore) {
    PartnerLetters letters("p0");
    letters.add(R"({"id":"a","body":{"n":[1]}})", "p3");
    letters.add(R"({"id":"b"})", "p7");
    EXPECT_EQ(letters.after(), "p7");
    const auto bodies = letters.take();
    ASSERT_EQ(bodies.size(), 1u);
    EXPECT_EQ(json::parse(bodies.front()),
              json::parse(R"([{"id":"a","body":{"n":[1]},"position":"p3","after":"p0"},
                              {"id":"b","position":"p7","after":"p3"}])"));
    EXPECT_TRUE(letters.take().empty());
    letters.add(R"({"id":"c"})", "p9");
    EXPECT_EQ(json::parse(letters.take().front()).at(0).at("after"), "p7");
}

TEST(PartnerLetters, MessagesAreBoundedInEventsAndInBytes) {
    PartnerLetters many("p");
    for (std::size_t i = 0; i < limits::max_events_per_message + 1; ++i)
        many.add(R"({"id":1})", "p");
    const auto bodies = many.take();
    ASSERT_EQ(bodies.size(), 2u);
    EXPECT_EQ(json::parse(bodies[0]).size(), limits::max_events_per_message);
    EXPECT_EQ(json::parse(bodies[1]).size(), 1u);

    PartnerLetters large("p");
    const std::string event = json{{"note", std::string(limits::max_message / 3, 'x')}}.dump();
    for (int i = 0; i < 6; ++i)
        large.add(event, "p");
    std::size_t events = 0;
    for (const std::string& body : large.take()) {
        EXPECT_LE(body.size(), limits::max_message);
        events += json::parse(body).size();
    }
    EXPECT_EQ(events, 6u);
}

}  // namespace
}  // namespace itn::workers::notifier
