#include "workers/notifier/demand.h"

#include <nlohmann/json.hpp>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_ping = 1'024;
constexpr std::size_t max_token = 8 * 1'024;

Problem invalid(const std::string& pointer, const std::string& detail) {
    return {.slug = "invalid_field", .detail = detail, .faults = {{pointer, detail}}};
}

Problem unknown(const std::string& field) {
    return {.slug = "unknown_field",
            .detail = std::string("there is no such field: ") + field.substr(0, limits::max_slug),
            .faults = {{std::string("/") + field.substr(0, limits::max_slug), "unknown"}}};
}

Result<Json> parse_object(std::string_view text) {
    std::size_t depth = 0;
    bool too_deep = false;
    const auto watch = [&](int level, Json::parse_event_t, Json&) {
        depth = static_cast<std::size_t>(level);
        too_deep = too_deep || depth > limits::max_json_depth;
        return !too_deep;
    };
    Json object = Json::parse(text, watch, false);
    if (too_deep || !object.is_object())
        return Problem{.slug = "malformed", .detail = "a frame is one JSON object", .faults = {}};
    return object;
}

Result<std::vector<Topic>> topics_of(const Json& list, const std::string& field) {
    if (!list.is_array()) return invalid(std::string("/") + field, field + " is a list of topics");
    if (list.size() > limits::max_topics)
        return invalid(std::string("/") + field,
                       std::string("at most ") + std::to_string(limits::max_topics) + " topics");
    std::vector<Topic> topics;
    for (const Json& item : list) {
        auto topic = item.is_string() ? topic_from(item.get_ref<const std::string&>())
                                      : std::optional<Topic>{};
        if (!topic)
            return invalid(
                std::string("/") + field + std::string("/") + std::to_string(topics.size()),
                "not a topic: trade, cargo, inventory, critical, product, station, *, "
                "or trade:, cargo:, product:, station: and an id");
        topics.push_back(std::move(*topic));
    }
    return topics;
}

std::optional<Problem> take_topics(const Json& list, const std::string& field,
                                   std::vector<Topic>& into) {
    auto topics = topics_of(list, field);
    if (!topics) return topics.problem();
    into = std::move(*topics);
    return std::nullopt;
}

std::optional<Problem> take_since(const std::string& text, Opening& opening) {
    auto position = wire::parse_position(text);
    if (!position)
        return Problem{.slug = "invalid_position",
                       .detail = position.problem().detail,
                       .faults = {{"/since", position.problem().detail}}};
    opening.since = std::move(*position);
    return std::nullopt;
}

std::optional<Problem> take_secret(const Json& value, std::string& into) {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > max_token)
        return invalid("/authorize", "authorize is a token");
    into = value.get<std::string>();
    return std::nullopt;
}

std::optional<Problem> take_opening(const std::string& field, const Json& value, Opening& opening) {
    if (field == "subscribe") return take_topics(value, field, opening.topics.emplace());
    if (field == "authorize") return take_secret(value, opening.authorize);
    if (field == "since") {
        if (!value.is_string())
            return Problem{.slug = "invalid_position",
                           .detail = "since is a position",
                           .faults = {{"/since", "not a text"}}};
        return take_since(value.get_ref<const std::string&>(), opening);
    }
    if (field == "conflate") {
        if (!value.is_boolean()) return invalid("/conflate", "conflate is true or false");
        opening.conflate = value.get<bool>();
        return std::nullopt;
    }
    return unknown(field);
}

std::optional<Problem> take_change(const std::string& field, const Json& value, Change& change) {
    if (field == "subscribe") return take_topics(value, field, change.subscribe);
    if (field == "unsubscribe") return take_topics(value, field, change.unsubscribe);
    if (field == "authorize") return take_secret(value, change.authorize.emplace());
    if (field == "ping") {
        change.ping = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (change.ping->size() > max_ping) return invalid("/ping", "a ping is at most 1 KiB");
        return std::nullopt;
    }
    return unknown(field);
}

/// A list of a query: its texts between commas.
Json split(const std::string& value) {
    Json list = Json::array();
    for (std::size_t at = 0; at <= value.size();) {
        const std::size_t comma = std::min(value.find(',', at), value.size());
        list.push_back(value.substr(at, comma - at));
        at = comma + 1;
    }
    return list;
}

std::optional<Problem> take_parameter(const std::string& field, const std::string& value,
                                      Opening& opening) {
    if (field == "since") return take_since(value, opening);
    std::optional<Problem> problem;
    if (field == "subscribe") {
        problem = take_opening(field, split(value), opening);
    } else if (field == "conflate") {
        problem = take_opening(
            field, value == "true" || value == "false" ? Json(value == "true") : Json(value),
            opening);
    } else {
        problem = unknown(field);
        problem->slug = "unknown_parameter";
        return problem;
    }
    if (problem) problem->slug = "invalid_parameter";
    return problem;
}

}  // namespace

Result<Opening> parse_opening(std::string_view text) {
    const auto object = parse_object(text);
    if (!object) return object.problem();
    Opening opening;
    for (const auto& [field, value] : object->items())
        if (auto problem = take_opening(field, value, opening)) return *std::move(problem);
    return opening;
}

Result<Change> parse_change(std::string_view text) {
    const auto object = parse_object(text);
    if (!object) return object.problem();
    Change change;
    for (const auto& [field, value] : object->items())
        if (auto problem = take_change(field, value, change)) return *std::move(problem);
    if (object->empty())
        return Problem{.slug = "malformed",
                       .detail =
                           "a frame asks for something: subscribe, unsubscribe, ping "
                           "or authorize",
                       .faults = {}};
    return change;
}

Result<Opening> opening_of_query(const std::vector<std::pair<std::string, std::string>>& query,
                                 std::string_view last_event_id) {
    Opening opening;
    for (const auto& [field, value] : query)
        if (auto problem = take_parameter(field, value, opening)) return *std::move(problem);
    if (!last_event_id.empty())
        if (auto problem = take_since(std::string(last_event_id), opening))
            return *std::move(problem);
    return opening;
}

}  // namespace itn::workers::notifier
