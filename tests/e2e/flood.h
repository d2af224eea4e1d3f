#pragma once

// One partner's flood beside another's calm, and how long the calm one waits.

#include <atomic>
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/support/partner_client.h"

namespace itn::tests {

/// How long it takes from publish to outcome: all but one in a hundred are faster. `trade` is what
/// is made `rounds` times, under ids that begin with `name`.
std::chrono::milliseconds p99(PartnerClient& client, const std::string& name,
                              const nlohmann::json& trade, int rounds);

/// A partner's client on a thread of its own; what goes wrong there is a failure of the test.
std::thread client_thread(const std::string& url, std::function<void(PartnerClient&)> work);

/// Reads what came, for a millisecond at most, as every client must beside what it sends.
void read_some(PartnerClient& client);

/// A partner that sends ten thousand commands a second until it is stopped: bodies of
/// `trade.create`, or with none commands of a kind that does not exist.
class Flood final {
public:
    Flood(const std::string& url, const std::string& name, nlohmann::json trade = nullptr);
    ~Flood() { stop(); }
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

    /// Its queue is full: what it sends is refused.
    bool is_refused() const { return is_refused_; }
    /// Messages a second so far.
    double rate() const;
    /// Returns when its queue is empty again.
    void stop();

private:
    void run(PartnerClient& wild, const std::string& name);
    void send(PartnerClient& wild, const std::string& id) const;

    const nlohmann::json trade_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::atomic<bool> is_over_{false};
    std::atomic<bool> is_refused_{false};
    std::atomic<int> sent_{0};
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace itn::tests
