#include "tools/ctl/submission.h"

#include <chrono>
#include <thread>

#include "common/runtime/uuid.h"

namespace itn::ctl {

namespace {

constexpr std::int64_t default_wait = 10;
constexpr int most_tries = 4;
constexpr std::chrono::milliseconds first_pause{300};

tools::Response send(Desk& desk, const std::string& method, const std::string& path,
                     const json& body, const Headers& headers) {
    auto pause = first_pause;
    for (int attempt = 1;; ++attempt) {
        auto response = desk.ask(method, path, body, headers);
        const bool is_unknown = exit_of(response.status) == Exit::unreachable;
        if (response.is_success() || !is_unknown || attempt == most_tries) return response;
        std::this_thread::sleep_for(pause);
        pause *= 2;
    }
}

const std::vector<Column>& outcome_fields() {
    static const std::vector<Column> fields = {
        {"command", "/commandId"},   {"outcome", "/outcome"},     {"status", "/status"},
        {"code", "/code"},           {"detail", "/detail"},       {"subject", "/subject"},
        {"trade", "/transactionId"}, {"shipment", "/shipmentId"}, {"at", "/at"}};
    return fields;
}

}  // namespace

void add_submission_options(Verb& verb, Submission& submission) {
    verb.text("--key", submission.key, "Idempotency-Key; the same again does nothing again.");
    verb.number("--wait", submission.wait, "Seconds to wait for the outcome; 0 for none (10).");
}

int submit(Desk& desk, const std::string& method, const std::string& path, const json& body,
           const Submission& submission, const std::vector<Column>& fields) {
    const std::int64_t wait = submission.wait.value_or(default_wait);
    const std::string key = submission.key.empty() ? runtime::uuid_v7() : submission.key;
    Headers headers = {{"Idempotency-Key", '"' + key + '"'}};
    if (wait > 0) headers.emplace_back("Prefer", "wait=" + std::to_string(wait));
    const auto response = send(desk, method, path, body, headers);
    if (response.status == 0 || response.status == 503)
        desk.remark("whether it was accepted is not known; --key " + key + " makes sure");
    if (!response.is_success()) throw trouble_of(response);
    const bool is_outcome = response.body.is_object() && response.body.contains("outcome");
    const bool is_open = response.status == 202;
    desk.print(response.body, is_outcome || is_open ? outcome_fields() : fields);
    if (is_open && wait > 0) return static_cast<int>(Exit::unsettled);
    const bool is_refused = is_outcome && response.body.value("outcome", "") != "applied";
    return static_cast<int>(is_refused ? Exit::refused : Exit::done);
}

}  // namespace itn::ctl
