// The front under load and over time: clients that leave, bursts, slow readers, deadlines, drain.

#include "api/front/worker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <random>
#include <system_error>
#include <thread>

#include "tests/api/front/fixture.h"

namespace itn::api::front {
namespace {

using namespace std::chrono_literals;
using tests::HttpClient;
using tests::request_text;

/// Figures of one churn; only the first two may be other than large.
struct Churn {
    std::atomic<int> mismatches{0}, stuck{0}, good{0}, aborted{0};
};

/// Opens connections, asks a few times on each, and on three of ten requests leaves at once.
void churn(const Running& running, int seed, int connections, Churn& figures) {
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int i = 0; i < connections; ++i) {
        auto client = running.client();
        for (int j = 0; j < 6; ++j) {
            const auto token = std::to_string(seed) + "-" + std::to_string(i * 6 + j);
            const bool later = random() % 2 == 0;
            if (!client.send(request_text("GET", (later ? "/later/" : "/echo/") + token))) {
                ++figures.stuck;
                break;
            }
            const auto fate = random() % 10;
            if (fate < 3) {
                ++figures.aborted;
                if (fate == 0) client.abort();
                if (fate == 1) client.finish_sending();
                break;
            }
            const auto reply = client.read_reply();
            if (!reply) {
                ++figures.stuck;
                break;
            }
            ++(reply->body == (later ? token : token + "|none") ? figures.good
                                                                : figures.mismatches);
        }
    }
}

TEST(Worker, GivesEveryClientItsOwnReplyWhileOthersAbort) {
    const Running running;
    Churn figures;
    std::vector<std::thread> clients;
    for (int seed = 0; seed < 8; ++seed)
        clients.emplace_back([&, seed] { churn(running, seed, 250, figures); });
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(figures.mismatches, 0);
    EXPECT_EQ(figures.stuck, 0);
    EXPECT_GT(figures.good, 1'000);
    EXPECT_GT(figures.aborted, 500);
    EXPECT_TRUE(eventually([&] {
        const auto counters = running.server.counters();
        return counters.open == 0 && counters.pending == 0;
    }));
    EXPECT_EQ(running.server.counters().faults, 0U);
}

TEST(Worker, LosesNoReplyOfABurst) {
    const Running running;
    std::vector<HttpClient> clients;
    for (int i = 0; i < 8; ++i)
        clients.push_back(running.client());
    for (int round = 0; round < 1'500; ++round) {
        const auto size = static_cast<std::size_t>(3 + round % 6);
        for (std::size_t i = 0; i < size; ++i)
            ASSERT_TRUE(clients[i].send(
                request_text("GET", "/later/" + std::to_string(round) + "." + std::to_string(i))));
        for (std::size_t i = 0; i < size; ++i) {
            const auto reply = clients[i].read_reply();
            ASSERT_TRUE(reply) << "stuck in round " << round;
            ASSERT_EQ(reply->body, std::to_string(round) + "." + std::to_string(i));
        }
    }
}

TEST(Worker, IsNotHeldUpByASlowReader) {
    Options options;
    options.threads = 1;
    options.write_deadline = 300ms;
    const Running running(std::move(options));
    HttpClient slow(running.server.port(), 5s, "127.0.0.1", 4096);
    ASSERT_TRUE(slow.send(request_text("GET", "/large/4000000") + request_text("GET", "/echo/1")));
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(is_alive(running));
    EXPECT_TRUE(eventually([&] { return running.server.counters().slow_closed == 1; }));
    EXPECT_EQ(running.server.counters().deadlines, 1U);
}

TEST(Worker, HoldsNoMoreThanItsShareForAClient) {
    Options options;
    options.max_out = 100'000;
    const Running running(std::move(options));
    HttpClient slow(running.server.port(), 5s, "127.0.0.1", 4096);
    ASSERT_TRUE(slow.send(request_text("GET", "/large/20000000")));
    EXPECT_TRUE(eventually([&] { return running.server.counters().slow_closed == 1; }));
    EXPECT_TRUE(is_alive(running));
}

TEST(Worker, SendsALargeReplyToAReaderThatReads) {
    const Running running;
    auto client = running.client();
    EXPECT_EQ(client.request("GET", "/large/4000000")->body.size(), 4'000'000U);
    EXPECT_EQ(client.request("GET", "/echo/1")->body, "1|none");
}

TEST(Worker, HoldsNoMoreLargeBodiesThanItHasRoomFor) {
    const Running running;
    const std::string body(limits::max_batch_body, 'x');
    const auto whole = request_text("POST", "/big", body);
    std::vector<HttpClient> clients;
    int refused = 0;
    for (int i = 0; i < 96; ++i) {
        clients.push_back(running.client());
        clients.back().send(whole.substr(0, whole.size() - 1));
        // Who is told so before the last byte was refused.
        pollfd answered{.fd = clients.back().descriptor(), .events = POLLIN, .revents = 0};
        if (i >= 48 && ::poll(&answered, 1, 5'000) == 1) {
            ++refused;
            EXPECT_EQ(clients.back().read_reply()->status, 503);
            EXPECT_TRUE(clients.back().ended_by_server());
        }
        if (refused == 3) break;
    }
    EXPECT_EQ(refused, 3);
    EXPECT_TRUE(is_alive(running)) << "small requests need no room";
    const auto is_served = [&](HttpClient& client) {
        if (!client.send("x")) return false;
        const auto reply = client.read_reply();
        return reply && reply->status == 200 && reply->body == body;
    };
    // Who of the first was held depends on who was read first.
    EXPECT_TRUE(std::any_of(clients.begin(), clients.begin() + 48, is_served));
    clients.clear();
    EXPECT_TRUE(eventually([&] {
        const auto reply = ask(running, "POST", "/big", body);
        return reply && reply->status == 200;
    })) << "the room is given back";
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(ask(running, "POST", "/big", body)->status, 200);
}

Options short_deadlines() {
    Options options;
    options.head_deadline = 200ms;
    options.body_deadline = 200ms;
    options.keep_alive = 200ms;
    options.reply_deadline = 200ms;
    return options;
}

TEST(Worker, ItsDeadlinesAreThoseOfTheLimits) {
    const Options shipped;
    EXPECT_EQ(shipped.head_deadline, limits::head_deadline);
    EXPECT_EQ(shipped.body_deadline, limits::body_deadline);
    EXPECT_EQ(shipped.keep_alive, limits::keep_alive);
}

TEST(Worker, KeepsItsDeadlines) {
    const Running running(short_deadlines());
    EXPECT_EQ(status_of(running, "GET /echo/1 HTTP/1.1\r\nHo", true), 408);
    EXPECT_EQ(
        status_of(running, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", true),
        408);
    EXPECT_EQ(status_of(running, request_text("GET", "/held"), true), 504);
    EXPECT_EQ(running.server.counters().deadlines, 3U);
    auto idle = running.client();
    EXPECT_TRUE(idle.ended_by_server()) << "silently, when nothing was asked";
    EXPECT_EQ(running.server.counters().deadlines, 3U);
}

TEST(Worker, HearsWhatCameInTimeAfterAPause) {
    Options options;
    options.threads = 1;
    options.keep_alive = options.reply_deadline = 1500ms;
    Running running(std::move(options));
    auto idle = running.client();
    EXPECT_EQ(idle.request("GET", "/echo/1")->status, 200);
    auto answered = running.client();
    answered.send(request_text("GET", "/held"));
    auto tickets = running.held(1);
    ASSERT_EQ(tickets.size(), 1U);
    auto pause = running.client();
    pause.send(request_text("GET", "/stall"));
    ASSERT_TRUE(eventually([&] { return running.is_stalled(); }));
    // All deadlines pass while the thread stands still; what comes now comes before it looks.
    const auto passed = std::chrono::steady_clock::now() + 2s;
    ASSERT_TRUE(eventually([&] { return std::chrono::steady_clock::now() > passed; }));
    idle.send(request_text("GET", "/echo/2"));
    tickets.front().reply({.status = 201, .body = {}, .content_type = {}, .headers = {}});
    running.let_go();
    EXPECT_EQ(idle.read_reply().value_or(tests::HttpReply{}).status, 200);
    EXPECT_EQ(answered.read_reply().value_or(tests::HttpReply{}).status, 201);
    EXPECT_EQ(running.server.counters().deadlines, 0U);
}

TEST(Worker, EmptyLinesDoNotKeepAConnectionOpen) {
    Options options;
    options.keep_alive = 350ms;
    const Running running(std::move(options));
    auto client = running.client(250ms);
    bool ended = false;
    for (int line = 0; line < limits::max_empty_lines && !ended; ++line) {
        client.send("\r\n");
        ended = client.ended_by_server();
    }
    EXPECT_TRUE(ended) << "though a line end came in every quarter of a second";
    EXPECT_EQ(running.server.counters().bad_requests, 0U);
}

TEST(Worker, IgnoresATicketThatComesTooLate) {
    Running running(short_deadlines());
    EXPECT_EQ(status_of(running, request_text("GET", "/held"), true), 504);
    for (auto& ticket : running.held(1))
        EXPECT_TRUE(ticket.reply({}));
    EXPECT_TRUE(eventually([&] { return running.server.counters().late_replies == 1; }));
    EXPECT_TRUE(is_alive(running));
}

TEST(Worker, IgnoresATicketWhoseClientIsGone) {
    Options options;
    options.threads = 1;
    Running running(std::move(options));
    auto client = running.client();
    client.send(request_text("GET", "/held"));
    auto tickets = running.held(1);
    ASSERT_EQ(tickets.size(), 1U);
    client.abort();
    ASSERT_TRUE(eventually([&] { return running.server.counters().open == 0; }));
    EXPECT_EQ(running.server.counters().pending, 0U);
    auto next = running.client();  // very likely on the same descriptor
    next.send(request_text("GET", "/held"));
    auto second = running.held(1);
    tickets.front().reply({.status = 418, .body = "another's", .content_type = {}, .headers = {}});
    ASSERT_TRUE(eventually([&] { return running.server.counters().late_replies == 1; }));
    second.front().reply({.status = 200, .body = "its own", .content_type = {}, .headers = {}});
    EXPECT_EQ(next.read_reply()->body, "its own");
}

TEST(Worker, RefusesConnectionsBeyondItsShare) {
    Options options;
    options.threads = 1;
    options.max_connections = 2;
    const Running running(std::move(options));
    auto first = running.client();
    auto second = running.client();
    EXPECT_EQ(first.request("GET", "/echo/1")->status, 200);
    EXPECT_EQ(second.request("GET", "/echo/1")->status, 200);
    const auto refused = running.client().read_reply();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("Retry-After"), "1");
    EXPECT_EQ(running.server.counters().refused_connections, 1U);
    first.close();
    EXPECT_TRUE(eventually([&] { return running.server.counters().open == 1; }));
    EXPECT_TRUE(is_alive(running));
}

TEST(Worker, ServesOthersBesideManySlowClients) {
    const Running running;
    std::vector<HttpClient> slow;
    for (int i = 0; i < 400; ++i) {
        slow.push_back(running.client());
        slow.back().send("GET /echo/1 HTTP/1.1\r\nX: ");
    }
    ASSERT_TRUE(eventually([&] { return running.server.counters().open == 400; }));
    auto client = running.client();
    for (int round = 0; round < 20; ++round) {
        for (int i = round; i < 400; i += 20)
            slow[static_cast<std::size_t>(i)].send("y");
        EXPECT_EQ(client.request("GET", "/later/1")->body, "1");
    }
}

/// Leaves the process `spare` free descriptors while it lives.
class FewDescriptors final {
public:
    explicit FewDescriptors(int spare) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit few = before_;
        few.rlim_cur = 256;
        ::setrlimit(RLIMIT_NOFILE, &few);
        int fd = 0;
        while ((fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
            taken_.push_back(fd);
        for (; spare > 0 && !taken_.empty(); --spare, taken_.pop_back())
            ::close(taken_.back());
    }
    ~FewDescriptors() {
        for (const int fd : taken_)
            ::close(fd);
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;

private:
    rlimit before_{};
    std::vector<int> taken_;
};

TEST(Worker, PausesAcceptingWithoutDescriptors) {
    const Running running;
    auto before = running.client();
    EXPECT_EQ(before.request("GET", "/echo/1")->status, 200);
    std::optional<HttpClient> waiting;
    {
        const FewDescriptors one(1);
        const auto start = std::chrono::steady_clock::now();
        waiting.emplace(running.client());
        waiting->send(request_text("GET", "/echo/2"));
        ASSERT_TRUE(eventually([&] { return running.server.counters().accept_pauses >= 3; }));
        EXPECT_GE(std::chrono::steady_clock::now() - start, 100ms) << "it spins";
        EXPECT_EQ(before.request("GET", "/echo/1")->status, 200);
    }
    EXPECT_EQ(waiting->read_reply()->body, "2|none");
}

TEST(Worker, AnswersWhatIsPendingBeforeItStops) {
    Running running;
    std::vector<HttpClient> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(running.client());
        clients.back().send(request_text("GET", "/held"));
    }
    auto idle = running.client();
    EXPECT_EQ(idle.request("GET", "/echo/1")->status, 200);
    auto tickets = running.held(50);
    ASSERT_EQ(tickets.size(), 50U);
    const auto port = running.server.port();
    std::jthread stopper([&] { running.server.stop(10s); });
    EXPECT_TRUE(idle.ended_by_server());
    EXPECT_TRUE(eventually([&] {
        try {
            HttpClient late(port);
            return false;
        } catch (const std::system_error&) {
            return true;
        }
    }));
    for (auto& ticket : tickets)
        ticket.reply({.status = 202, .body = {}, .content_type = {}, .headers = {}});
    for (auto& client : clients) {
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 202);
        EXPECT_EQ(reply->header("Connection"), "close");
    }
    stopper.join();
    EXPECT_EQ(running.server.counters().replies, 51U);
    EXPECT_EQ(running.server.counters().open, 0U);
}

TEST(Worker, StopsWithoutWaitingForWhatNeverComes) {
    Running running;
    auto client = running.client();
    client.send(request_text("GET", "/held"));
    auto tickets = running.held(1);
    ASSERT_EQ(tickets.size(), 1U);
    running.server.stop(50ms);
    EXPECT_FALSE(tickets.front().reply({})) << "the worker is gone";
    EXPECT_FALSE(client.read_reply());
    running.server.stop(50ms);
}

}  // namespace
}  // namespace itn::api::front
