#include "api/updates.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/heard.h"
#include "api/query.h"
#include "common/wire/notice.h"

namespace itn::api {

namespace {

void answer_since(Call& call, storage::Reader& reader, const wire::Position& since,
                  std::size_t limit) {
    auto read = reader.events_since(since, limit);
    if (read.position.epoch != since.epoch)
        return call.problem(
            problem_of("invalid_position", "It is of another epoch: load everything again."));
    const auto is_ahead = [&](const auto& seen) {
        const auto lane = read.position.seqs.find(seen.first);
        return seen.second > (lane == read.position.seqs.end() ? 0 : lane->second);
    };
    if (std::ranges::any_of(since.seqs, is_ahead))
        return call.problem(problem_of("future_position",
                                       "The journal has not come so far: load everything again."));
    const auto read_on = [&](const wire::Position& reached, std::size_t most) {
        return call.is_answered() ? std::nullopt
                                  : std::optional(reader.events_since(reached, most).value);
    };
    auto heard = hear_since(call.caller(), since, limit, std::move(read.value), read_on);
    if (!heard) return;  // its deadline came first
    const List list{.name = "updates", .rows = std::move(heard->rows)};
    answer_list(call, list, heard->reached);
}

}  // namespace

void list_recent_updates(const Room& room, CallPtr call) {
    Query query(call->request());
    const auto limit = query.limit();
    const auto since = query.text("since");
    if (query.problem()) return call->problem(*query.problem());
    std::optional<wire::Position> position;
    if (since) {
        auto parsed = wire::parse_position(*since);
        if (!parsed) return call->problem(parsed.problem());
        position = *std::move(parsed);
    }
    room.reads.run_heavy(call, [call, limit, position](storage::Reader& reader) {
        if (position) return answer_since(*call, reader, *position, limit);
        const auto read = reader.recent(limit);
        List list{.name = "updates"};
        add_heard(list.rows, call->caller(), read.value, read.position.epoch);
        answer_list(*call, list, read.position);
    });
}

void point_to_notifier(const Room& room, CallPtr call) {
    std::vector<std::pair<std::string, std::string>> headers = {{"Upgrade", "websocket"}};
    std::string detail = "The notifier serves it over WebSocket and as an event stream";
    if (!room.notifier_url.empty()) {
        detail += ": " + room.notifier_url;
        headers.emplace_back("Link", "<" + room.notifier_url + ">; rel=\"alternate\"");
    }
    call->problem(problem_of("use_notifier", detail + "."), {}, std::move(headers));
}

}  // namespace itn::api
