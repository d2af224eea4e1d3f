#pragma once

// A partner's system as it would be written elsewhere: the AMQP library's blocking client, a user
// of the broker, a reply queue that all clients of the partner share and that goes with the last of
// them. It sends whatever a test wants and gathers the outcomes by command id. One object belongs
// to one thread; every wait ends at a deadline.

#include <amqp.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace itn::tests {

class PartnerClient final {
public:
    /// What a test may change about a message; as it stands it is as it should be.
    struct Properties {
        bool has_user_id = true;
        std::string content_type = "application/vnd.itn+json";
        std::string expiration{};
        std::map<std::string, std::string> headers{};
        bool is_persistent = true;
    };

    /// Throws std::runtime_error when the broker does not let it in.
    explicit PartnerClient(const std::string& amqp_url);
    /// The broker counts it no more, or is away.
    ~PartnerClient();
    PartnerClient(const PartnerClient&) = delete;
    PartnerClient& operator=(const PartnerClient&) = delete;

    /// To the partner's own exchange; the broker's answer is not awaited.
    void publish(const std::string& body) { publish(body, Properties{}); }
    void publish(const std::string& body, const Properties& properties);
    /// Turns confirms on; from now on answers are counted.
    void ask_for_confirms();
    /// Reads what came; true when `holds` became true before the deadline.
    template <class Condition>
    bool until(Condition holds, std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (!holds()) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                end - std::chrono::steady_clock::now());
            if (left <= std::chrono::milliseconds(0)) return false;
            read(std::min(left, std::chrono::milliseconds(20)));
        }
        return true;
    }
    /// The outcome of that command, awaited; null when none came.
    nlohmann::json outcome_of(const std::string& id);
    /// Every outcome so far.
    const std::vector<nlohmann::json>& outcomes() const { return outcomes_; }
    std::size_t acked() const { return acked_; }
    std::size_t nacked() const { return nacked_; }
    const std::string& reply_queue() const { return reply_queue_; }

private:
    void read(std::chrono::milliseconds patience);
    void take(const amqp_frame_t& frame);
    void take_message();
    void check(const char* what);

    std::string user_;
    std::string reply_queue_;
    amqp_connection_state_t state_;
    std::vector<nlohmann::json> outcomes_;
    std::size_t acked_ = 0;
    std::size_t nacked_ = 0;
    std::uint64_t settled_ = 0;  // the highest tag that was answered
};

}  // namespace itn::tests
