#include "workers/notifier/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

using domain::EventKind;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

std::vector<Topic> topics(const std::vector<std::string>& texts) {
    std::vector<Topic> all;
    for (const std::string& text : texts)
        all.push_back(topic_from(text).value());
    return all;
}

std::vector<ClientId> hearers(Hub& hub, EventKind kind, std::string_view subject,
                              const Concerns& concerns = {}) {
    std::vector<ClientId> out{99};
    hub.match(Event{.kind = kind, .subject = subject}, concerns, out);
    for (const ClientId client : out)
        EXPECT_TRUE(hub.hears(client, Event{.kind = kind, .subject = subject}, concerns));
    return out;
}

TEST(Topic, KnowsTheWordsOfTheContractAndNothingElse) {
    for (const char* text : {"*", "trade", "cargo", "inventory", "critical", "product", "station"})
        EXPECT_TRUE(topic_from(text)) << text;
    EXPECT_EQ(topic_from("station:ceres"), (Topic{.kind = TopicKind::station_id, .id = "ceres"}));
    EXPECT_EQ(topic_from("trade:0001-a"), (Topic{.kind = TopicKind::trade_id, .id = "0001-a"}));
    for (const char* text : {"", "user", "trades", "station:", "station:Ceres", "station:a b",
                             "user:1", "**", "trade:\xc3\xa9", ":x"})
        EXPECT_FALSE(topic_from(text)) << text;
    EXPECT_FALSE(topic_from("station:" + std::string(limits::max_slug + 1, 'a')));
}

TEST(Hub, AFamilyIsHeardByItsSubscribersAlone) {
    Hub hub;
    hub.subscribe(1, topics({"trade"}));
    hub.subscribe(2, topics({"cargo"}));
    hub.subscribe(3, topics({"*"}));
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t"), UnorderedElementsAre(1, 3));
    EXPECT_THAT(hearers(hub, EventKind::cargo_lost, "c"), UnorderedElementsAre(2, 3));
    EXPECT_THAT(hearers(hub, EventKind::inventory_changed, "s/p"), UnorderedElementsAre(3));
}

TEST(Hub, AClientHearsAnEventOnceHoweverManyOfItsTopicsMatch) {
    Hub hub;
    hub.subscribe(1, topics({"*", "trade", "trade:t", "station:ceres", "station:europa"}));
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t",
                        {.stations = {"ceres", "europa"}, .products = {}}),
                UnorderedElementsAre(1));
}

TEST(Hub, NarrowTopicsMatchSubjectAndConcerns) {
    Hub hub;
    hub.subscribe(1, topics({"trade:t1"}));
    hub.subscribe(2, topics({"station:ceres"}));
    hub.subscribe(3, topics({"product:ice"}));
    hub.subscribe(4, topics({"cargo:t1"}));
    const Concerns concerns{.stations = {"ceres"}, .products = {"ice"}};
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t1", concerns),
                UnorderedElementsAre(1, 2, 3));
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t2"), IsEmpty());
    EXPECT_THAT(hearers(hub, EventKind::cargo_delayed, "t1"), UnorderedElementsAre(4));
    EXPECT_THAT(hearers(hub, EventKind::critical, "t1"), UnorderedElementsAre(1, 4));
}

TEST(Hub, AccountEventsAreNobodysTopic) {
    Hub hub;
    hub.subscribe(1, topics({"*"}));
    EXPECT_FALSE(hub.is_heard(EventKind::user_registered));
    EXPECT_THAT(hearers(hub, EventKind::user_registered, "u"), IsEmpty());
    EXPECT_FALSE(hub.hears(1, Event{.kind = EventKind::user_updated}, {}));
}

TEST(Hub, UnsubscribedAndRemovedClientsHearNothing) {
    Hub hub;
    hub.subscribe(1, topics({"trade", "station:ceres"}));
    hub.subscribe(2, topics({"trade"}));
    EXPECT_TRUE(hub.needs_concerns());
    hub.unsubscribe(1, topics({"trade", "cargo"}));
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t"), UnorderedElementsAre(2));
    hub.remove(1);
    hub.remove(2);
    hub.remove(7);
    EXPECT_FALSE(hub.needs_concerns());
    EXPECT_FALSE(hub.is_heard(EventKind::trade_confirmed));
    hub.subscribe(1, topics({"cargo"}));
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "t"), IsEmpty());
}

TEST(Hub, SaysWhichTopicsAreNew) {
    Hub hub;
    EXPECT_THAT(hub.subscribe(1, topics({"trade:a", "trade:a", "cargo"})),
                Optional(ElementsAre(0, 2)));
    EXPECT_THAT(hub.subscribe(1, topics({"cargo", "trade:b", "trade:a"})),
                Optional(ElementsAre(1)));
    EXPECT_THAT(hub.subscribe(1, topics({"trade:b"})), Optional(IsEmpty()));
}

TEST(Hub, TopicsAreBounded) {
    Hub hub;
    std::vector<Topic> many;
    for (std::size_t i = 0; i < limits::max_topics; ++i)
        many.push_back({.kind = TopicKind::trade_id, .id = std::to_string(i)});
    EXPECT_TRUE(hub.subscribe(1, many));
    EXPECT_TRUE(hub.subscribe(1, many));
    EXPECT_FALSE(hub.subscribe(1, topics({"cargo"})));
    EXPECT_THAT(hearers(hub, EventKind::cargo_lost, "c"), IsEmpty());
    EXPECT_THAT(hearers(hub, EventKind::trade_confirmed, "99"), UnorderedElementsAre(1));
}

}  // namespace
}  // namespace itn::workers::notifier
