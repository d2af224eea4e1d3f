#include "api/summaries.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "api/answers.h"
#include "common/base/limits.h"

namespace itn::api {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::vector<storage::TradeVolume>& periods) {
    auto list = Json::array();
    for (const auto& row : periods)
        list.push_back({{"period", to_rfc3339(row.period)},
                        {"status", row.status},
                        {"trades", row.trades},
                        {"total", row.total.value()}});
    return list;
}

Json json_of(const std::vector<storage::Summary::StationStock>& stock) {
    auto list = Json::array();
    for (const auto& row : stock)
        list.push_back({{"stationId", row.station.text()},
                        {"products", row.products},
                        {"onHand", row.on_hand.value()},
                        {"reserved", row.reserved.value()},
                        {"available", (row.on_hand - row.reserved).value()}});
    return list;
}

std::string rendered(const storage::Summary& summary) {
    auto cargo = Json::object();
    for (const auto& [status, count] : summary.cargo)
        cargo[std::string(domain::name(status))] = count;
    Json trades{{"perHour", json_of(summary.per_hour)}, {"perDay", json_of(summary.per_day)}};
    return Json{{"trades", std::move(trades)},
                {"cargo", std::move(cargo)},
                {"stock", json_of(summary.stock)}}
        .dump();
}

}  // namespace

void Summaries::answer(CallPtr call) {
    std::shared_ptr<const Made> made;
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        const auto oldest = std::chrono::steady_clock::now() - limits::summary_life;
        if (made_ && made_->at > oldest) {
            made = made_;
        } else {
            is_first = waiting_.empty();
            waiting_.push_back(call);
        }
    }
    if (made) return answer_read(*call, made->body, made->position);
    if (is_first) read(call);
}

void Summaries::read(const CallPtr& call) {
    auto job = [this](storage::Reader& reader) {
        const auto summary = reader.summary(clock_.now());
        publish(std::make_shared<const Made>(Made{.body = rendered(summary.value),
                                                  .position = summary.position,
                                                  .at = std::chrono::steady_clock::now()}));
    };
    reads_.run_heavy(call, std::move(job), [this] { fail(); });
}

std::vector<CallPtr> Summaries::take_waiting(std::shared_ptr<const Made> made) {
    const std::lock_guard lock(mutex_);
    if (made) made_ = std::move(made);
    return std::exchange(waiting_, {});
}

void Summaries::publish(const std::shared_ptr<const Made>& made) {
    for (const auto& call : take_waiting(made))
        answer_read(*call, made->body, made->position);
}

void Summaries::fail() {
    for (const auto& call : take_waiting(nullptr))
        call->problem(problem_of("database_unavailable", "Try again in a moment."));
}

}  // namespace itn::api
