// Who hears what: every kind of caller beside every kind of event, live and late.

#include "workers/notifier/ear.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using domain::EventKind;
using itn::tests::SseClient;
using itn::tests::WsClient;
using nlohmann::json;
using Subjects = std::vector<std::string>;

/// One event of each sort, all between ceres and europa, and the last one for everybody: so who
/// heard that has heard all that it may.
std::vector<wire::JournalEntry> story() {
    return {
        trade_entry("trade-1"),
        entry_of(EventKind::cargo_created, "cargo-1",
                 R"({"shipmentId":"cargo-1","origin":"ceres","destination":"europa"})", cargo_lane),
        entry_of(EventKind::critical, "cargo-1",
                 R"({"kind":"cargo_lost","about":"cargo-1","stations":["ceres","europa"]})",
                 cargo_lane),
        entry_of(EventKind::user_registered, "user-1", R"({"userId":"user-1"})", trade_lane),
        entry_of(EventKind::inventory_changed, "ceres/ice",
                 R"({"stationId":"ceres","productId":"ice"})", trade_lane),
        entry_of(EventKind::station_updated, "ceres", R"({"stationId":"ceres"})", trade_lane)};
}

const Subjects everything{"trade-1", "cargo-1", "cargo-1", "ceres/ice", "ceres"};
const Subjects what_is_open{"ceres/ice", "ceres"};
const Subjects trades_only{"trade-1", "ceres/ice", "ceres"};

struct Row {
    const char* secret;
    Subjects live;
};

std::vector<Row> rows() {
    return {{"admin:r1", everything},          {"auditor:r2", everything},
            {"trader:r3:ceres", everything},   {"trader:r4:europa,titan", everything},
            {"trader:r5:titan", what_is_open}, {"trader:r6", what_is_open},
            {"operator:r7:ceres", everything}, {"partner:r8:europa", everything},
            {"partner:r9:titan", what_is_open}};
}

class Listening final {
public:
    Listening(Rig& rig, const std::string& secret, json opening = json::object())
        : client_(rig.port(), "/ws/updates", 10s) {
        opening["authorize"] = secret;
        client_.send_text(opening.dump());
        EXPECT_EQ(next().value("type", ""), "hello");
    }
    json next() { return json::parse(client_.read_text(), nullptr, false); }
    void say(const json& frame) { client_.send_text(frame.dump()); }
    /// The subjects of all events up to that of `last`, in any order.
    Subjects until(const std::string& last) {
        Subjects subjects;
        while (subjects.empty() || subjects.back() != last) {
            const json frame = next();
            if (!frame.is_object()) return subjects;
            if (frame.value("type", "") == "event") subjects.push_back(frame.at("subject"));
        }
        return subjects;
    }

private:
    WsClient client_;
};

TEST(Ear, LiveEventsGoToThoseWhoMayHearThem) {
    Rig rig;
    std::vector<std::unique_ptr<Listening>> guests;
    for (const Row& row : rows())
        guests.push_back(std::make_unique<Listening>(rig, row.secret));
    for (const auto& entry : story())
        rig.happen(entry);
    for (std::size_t i = 0; i < guests.size(); ++i)
        EXPECT_EQ(guests[i]->until("ceres"), rows()[i].live) << rows()[i].secret;
}

TEST(Ear, LateEventsAreFilteredLikewise) {
    Rig rig;
    for (const auto& entry : story())
        rig.happen(entry);
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") == 6; }));
    for (const Row& row : rows()) {
        Listening guest(rig, row.secret, {{"since", "v1.epoch-1."}});
        // Lane by lane: what is late comes in another order.
        Subjects late, live = row.live;
        for (std::size_t i = 0; i < live.size(); ++i)
            late.push_back(guest.next().value("subject", ""));
        std::ranges::sort(late);
        std::ranges::sort(live);
        EXPECT_EQ(late, live) << row.secret;
        guest.say({{"ping", 1}});
        EXPECT_EQ(guest.next().value("type", ""), "pong") << row.secret;
    }
}

TEST(Ear, AStreamHearsNoMoreThanAWebSocket) {
    Rig rig;
    SseClient stream(rig.port(), "", bearer("trader:ann:titan"));
    ASSERT_TRUE(stream.read_event());
    for (const auto& entry : story())
        rig.happen(entry);
    for (const std::string& subject : what_is_open)
        EXPECT_EQ(json::parse(stream.read_event()->data).at("subject"), subject);
}

/// Stock of ceres, and what its event tells of others' business.
wire::JournalEntry stock_entry() {
    return entry_of(
        EventKind::inventory_changed, "ceres/ice",
        R"({"stationId":"ceres","onHand":5,"cause":"trade-of-ceres","note":"note-of-ceres"})",
        trade_lane);
}

void expect_causes(const json& frame, const std::string& secret, bool are_told) {
    EXPECT_EQ(frame.value("subject", ""), "ceres/ice") << secret;
    EXPECT_EQ(frame.contains("causedBy"), are_told) << secret << frame;
    EXPECT_EQ(frame.at("data").contains("cause"), are_told) << secret << frame;
    EXPECT_EQ(frame.at("data").contains("note"), are_told) << secret << frame;
    EXPECT_EQ(frame.at("data").at("onHand"), 5) << secret;
}

TEST(Ear, CausesOfStockAreForItsStation) {
    const std::vector<std::pair<std::string, bool>> guests{
        {"trader:r1:ceres", true},   {"trader:r2:titan", false},   {"partner:r3:ceres", true},
        {"partner:r4:titan", false}, {"operator:r5:titan", false}, {"auditor:r6", true},
        {"admin:r7", true}};
    Rig rig;
    std::vector<std::unique_ptr<Listening>> live;
    for (const auto& [secret, are_told] : guests)
        live.push_back(std::make_unique<Listening>(rig, secret));
    SseClient stream(rig.port(), "", bearer("trader:ann:titan"));
    ASSERT_TRUE(stream.read_event());
    rig.happen(stock_entry());
    for (std::size_t i = 0; i < guests.size(); ++i)
        expect_causes(live[i]->next(), guests[i].first, guests[i].second);
    expect_causes(json::parse(stream.read_event()->data), "stream", false);
    for (const auto& [secret, are_told] : guests)
        expect_causes(Listening(rig, secret, {{"since", "v1.epoch-1."}}).next(), secret, are_told);
}

TEST(Ear, PositionsMoveOnOverWhatIsNotHeard) {
    Rig rig;
    Listening guest(rig, "trader:ann:titan");
    Listening admin(rig, "admin");
    for (const auto& entry : story())
        rig.happen(entry);
    const auto last_position = [](Listening& listening) {
        std::string position;
        for (json frame = listening.next();; frame = listening.next()) {
            position = frame.value("position", "");
            if (frame.value("subject", "") == "ceres" || !frame.is_object()) return position;
        }
    };
    const std::string position = last_position(admin);
    EXPECT_EQ(last_position(guest), position);
    Listening again(rig, "trader:ann:titan", {{"since", position}});
    rig.happen(entry_of(EventKind::station_updated, "titan", "{}", trade_lane));
    EXPECT_EQ(again.until("titan"), Subjects{"titan"}) << "nothing comes twice";
}

TEST(Ear, TopicsOpenNoDoors) {
    Rig rig;
    Listening guest(
        rig, "trader:ann:titan",
        {{"subscribe", {"trade:trade-1", "cargo:cargo-1", "station:ceres", "product:ice"}}});
    for (const auto& entry : story())
        rig.happen(entry);
    EXPECT_EQ(guest.until("ceres"), (Subjects{"ceres/ice", "ceres"}));
}

TEST(Ear, AThingThatIsNotThereIsSaidToBe) {
    Rig rig;
    rig.happen(trade_entry("there"));
    Listening guest(rig, "trader:ann:ceres", {{"subscribe", {"trade", "trade:there"}}});
    guest.say({{"subscribe", {"trade:there", "cargo:missing", "trade:missing"}}});
    EXPECT_EQ(guest.next(), (json{{"type", "error"},
                                  {"detail", "there is no such shipment"},
                                  {"pointer", "/subscribe/1"}}));
    EXPECT_EQ(guest.next(), (json{{"type", "error"},
                                  {"detail", "there is no such trade"},
                                  {"pointer", "/subscribe/2"}}));
}

}  // namespace
}  // namespace itn::workers::notifier::tests
