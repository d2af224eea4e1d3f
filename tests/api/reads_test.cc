#include "api/reads.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>

#include "tests/api/room_world.h"

namespace itn::api {

namespace {

/// A call whose front has gone: its answer is seen in the metrics only.
struct Desk {
    runtime::Metrics metrics;
    Pending pending;
    std::shared_ptr<RouteTraffic> traffic =
        std::make_shared<RouteTraffic>(metrics, "GET", "/api/trades");

    CallPtr call() {
        pending.enter();
        return std::make_shared<Call>(front::Request{}, front::Ticket{}, traffic, pending);
    }
    CallPtr call_of(const std::string& who) {
        const auto made = call();
        made->set_visitor(std::make_shared<gateway::Visitor>(gateway::Visitor{
            .caller = identity::caller_of(Principal(who), identity::Roles(identity::Role::trader),
                                          identity::all_scopes, {})}));
        return made;
    }
    CallPtr call_from(const std::string& peer) {
        pending.enter();
        front::Request request;
        request.peer = peer;
        return std::make_shared<Call>(std::move(request), front::Ticket{}, traffic, pending);
    }
    std::uint64_t answers(int status) {
        return metrics
            .counter(
                "itn_http_requests_total", "Requests answered.",
                {{"method", "GET"}, {"route", "/api/trades"}, {"code", std::to_string(status)}})
            .value();
    }
};

Reads::Options options(unsigned threads, std::size_t most) {
    return {.database_url = tests::no_database,
            .threads = threads,
            .most = most,
            .deadline = std::chrono::milliseconds(300),
            .deadline_failing = std::chrono::milliseconds(100)};
}

}  // namespace

TEST(Reads, AnUnreachableDatabaseIs503) {
    Desk desk;
    Reads reads(options(1, 10));
    reads.run(desk.call(), [](storage::Reader& reader) { reader.position(); });
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(503) == 1; }));
    EXPECT_TRUE(tests::eventually([&] { return !reads.is_healthy(); }));
    EXPECT_EQ(desk.pending.count(), 0U);
}

TEST(Reads, ABrokenJobIs500) {
    Desk desk;
    Reads reads(options(1, 10));
    reads.run(desk.call(), [](storage::Reader&) { throw std::runtime_error("broken"); });
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(500) == 1; }));
    EXPECT_TRUE(reads.is_healthy());
}

TEST(Reads, AForgottenCallIs500) {
    Desk desk;
    Reads reads(options(1, 10));
    reads.run(desk.call(), [](storage::Reader&) {});
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(500) == 1; }));
}

TEST(Reads, AFullQueueRefusesAndADeadlineAnswersWhatWaits) {
    Desk desk;
    Reads reads(options(1, 2));
    std::promise<void> begun;
    std::promise<void> release;
    reads.run(desk.call(), [&](storage::Reader&) {
        begun.set_value();
        release.get_future().wait();
    });
    begun.get_future().wait();
    for (int i = 0; i < 3; ++i)
        reads.run(desk.call(), [](storage::Reader&) {});
    EXPECT_EQ(desk.answers(503), 1U) << "the third did not fit";
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(503) == 4; }))
        << "the deadline answers the running and the waiting ones";
    EXPECT_FALSE(reads.is_healthy());
    release.set_value();
    EXPECT_TRUE(tests::eventually([&] { return reads.is_healthy(); }));
    EXPECT_EQ(desk.pending.count(), 0U);
}

TEST(Reads, WhatIsOverdueCountsForNoShareAnyMore) {
    Desk desk;
    auto small = options(1, 10);
    small.most_of_one = 1;
    small.deadline = small.deadline_failing = std::chrono::seconds(1);
    std::latch begun(1);
    std::promise<void> release;
    Reads reads(small);
    reads.run(desk.call_of("user:busy"), [&](storage::Reader&) {
        begun.count_down();
        release.get_future().wait();
    });
    begun.wait();
    reads.run(desk.call_of("user:sirius"), [](storage::Reader&) {});
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(503) == 2; }));
    reads.run(desk.call_of("user:sirius"), [](storage::Reader&) {});
    EXPECT_EQ(reads.waiting(), 1U);
    release.set_value();
}

/// A pool of one thread that is busy, and a share of two.
struct BusyReads {
    Desk desk;
    std::latch begun{1};
    std::promise<void> release;
    Reads reads{{.database_url = tests::no_database, .threads = 1, .most = 8, .most_of_one = 2}};

    BusyReads() {
        reads.run(desk.call_of("user:busy"), [this](storage::Reader&) {
            begun.count_down();
            release.get_future().wait();
        });
        begun.wait();
    }
    void run(const CallPtr& call) {
        reads.run(call, [](storage::Reader&) {});
    }
};

TEST(Reads, WhoFillsItsShareKeepsNobodyOut) {
    BusyReads busy;
    for (int i = 0; i < 4; ++i)
        busy.run(busy.desk.call_of("user:sirius"));
    EXPECT_EQ(busy.desk.answers(503), 2U);
    busy.reads.run_heavy(busy.desk.call_of("user:sirius"), [](storage::Reader&) {});
    busy.reads.run_write(busy.desk.call_of("user:sirius"), [](storage::Reader&) {});
    EXPECT_EQ(busy.desk.answers(503), 4U) << "whatever it asks for";
    busy.run(busy.desk.call_of("user:vega"));
    busy.reads.run_write(busy.desk.call_of("user:vega"), [](storage::Reader&) {});
    EXPECT_EQ(busy.desk.answers(503), 4U);
    EXPECT_EQ(busy.reads.waiting(), 4U);
    busy.release.set_value();
    EXPECT_TRUE(tests::eventually([&] { return busy.desk.answers(500) == 5; }));
    busy.run(busy.desk.call_of("user:sirius"));
    EXPECT_TRUE(tests::eventually([&] { return busy.desk.answers(500) == 6; })) << "all is free";
}

TEST(Reads, WhoIsNobodyYetHasTheShareOfItsNetwork) {
    BusyReads busy;
    for (const char* peer : {"2001:db8:0:7::1", "2001:db8:0:7::2", "2001:db8:0:7::3"})
        busy.run(busy.desk.call_from(peer));
    EXPECT_EQ(busy.desk.answers(503), 1U);
    busy.run(busy.desk.call_from("2001:db8:0:8::1"));
    EXPECT_EQ(busy.desk.answers(503), 1U);
    busy.release.set_value();
}

TEST(Reads, HeavyOnesLeaveHalfOfTheThreads) {
    Desk desk;
    Reads reads({.database_url = tests::no_database, .threads = 2, .most = 10});
    std::promise<void> begun;
    std::promise<void> release;
    std::atomic<bool> second{false};
    reads.run_heavy(desk.call(), [&](storage::Reader&) {
        begun.set_value();
        release.get_future().wait();
    });
    begun.get_future().wait();
    reads.run_heavy(desk.call(), [&](storage::Reader&) { second = true; });
    reads.run(desk.call(), [](storage::Reader&) {});
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(500) == 1; })) << "the light one ran";
    EXPECT_FALSE(second);
    EXPECT_EQ(reads.waiting(), 1U);
    release.set_value();
    EXPECT_TRUE(tests::eventually([&] { return second.load(); }));
}

TEST(Reads, AWriteOnceBegunHasNoDeadline) {
    Desk desk;
    Reads reads(options(2, 10));
    std::promise<void> release;
    std::latch begun(2);
    const auto hold = [&begun, done = release.get_future().share()](storage::Reader&) {
        begun.count_down();
        done.wait();
        throw storage::MachineFailure("in doubt");
    };
    const auto write = desk.call();
    reads.run_write(write, hold);
    reads.run(desk.call(), hold);
    begun.wait();
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(503) == 1; })) << "the read is late";
    EXPECT_FALSE(write->is_answered());
    release.set_value();
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(503) == 2; }));
}

TEST(Reads, OnFailureAnswersInstead) {
    Desk desk;
    Reads reads(options(1, 10));
    const auto call = desk.call();
    reads.run(
        call, [](storage::Reader& reader) { reader.position(); },
        [call] { call->reply({.status = 202, .body = {}, .content_type = {}, .headers = {}}); });
    EXPECT_TRUE(tests::eventually([&] { return desk.answers(202) == 1; }));
}

TEST(Reads, StoppingAnswersWhatWaits) {
    Desk desk;
    Reads reads(options(1, 10));
    std::latch begun(1);
    reads.run(desk.call(), [&](storage::Reader&) { begun.count_down(); });
    begun.wait();
    reads.stop();
    reads.run(desk.call(), [](storage::Reader&) {});
    reads.stop();
    EXPECT_EQ(desk.answers(503), 1U);
    EXPECT_EQ(desk.pending.count(), 0U);
}

}  // namespace itn::api
