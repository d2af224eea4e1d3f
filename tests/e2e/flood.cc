#include "tests/e2e/flood.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr int a_second = 10'000;

void send_bad(PartnerClient& client, const std::string& id) {
    client.publish(R"([{"id":")" + id + R"(","kind":"no"}])");
}

/// What goes in last comes out last; what is sent while the queue is full is lost.
bool empties(PartnerClient& client, const std::string& name) {
    for (int i = 0; i < 60; ++i) {
        const auto last = name + std::to_string(i);
        const auto is_out = [&] {
            return !client.outcomes().empty() && client.outcomes().back().value("id", "") == last;
        };
        send_bad(client, last);
        if (client.until(is_out, 1s)) return true;
    }
    return false;
}

}  // namespace

std::chrono::milliseconds p99(PartnerClient& client, const std::string& name, const json& trade,
                              int rounds) {
    std::vector<std::chrono::milliseconds> took;
    for (int i = 0; i < rounds; ++i) {
        const auto id = name + "-" + std::to_string(i);
        const auto start = std::chrono::steady_clock::now();
        client.publish(
            json::array({{{"id", id}, {"kind", "trade.create"}, {"body", trade}}}).dump());
        EXPECT_FALSE(client.outcome_of(id).is_null()) << id;
        took.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - start));
    }
    std::ranges::sort(took);
    return took[(took.size() - 1) * 99 / 100];
}

std::thread client_thread(const std::string& url, std::function<void(PartnerClient&)> work) {
    return std::thread([url, work = std::move(work)] {
        try {
            PartnerClient client(url);
            work(client);
        } catch (const std::exception& failure) {
            ADD_FAILURE() << failure.what();
        }
    });
}

void read_some(PartnerClient& client) {
    client.until([] { return false; }, 1ms);
}

Flood::Flood(const std::string& url, const std::string& name, json trade)
    : trade_(std::move(trade)),
      thread_(client_thread(url, [this, name](PartnerClient& wild) { run(wild, name); })) {}

double Flood::rate() const {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
    return sent_ / took.count();
}

void Flood::stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
}

void Flood::send(PartnerClient& wild, const std::string& id) const {
    if (trade_.is_null()) return send_bad(wild, id);
    wild.publish(json::array({{{"id", id}, {"kind", "trade.create"}, {"body", trade_}}}).dump());
}

void Flood::run(PartnerClient& wild, const std::string& name) {
    wild.ask_for_confirms();
    while (!is_over_) {
        for (int i = 0; i < 20; ++i)
            send(wild, name + "-" + std::to_string(++sent_));
        read_some(wild);
        const auto due = began_ + std::chrono::microseconds(1'000'000LL * sent_ / a_second);
        wild.until([&] { return is_over_ || std::chrono::steady_clock::now() >= due; });
        is_refused_ = wild.nacked() > 0;
    }
    EXPECT_TRUE(empties(wild, name + "-last-"));
}

}  // namespace itn::tests
