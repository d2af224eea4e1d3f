#include "workers/notifier/hub.h"

#include <algorithm>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

constexpr auto first_narrow = static_cast<std::size_t>(TopicKind::trade_id);

std::size_t number(TopicKind kind) {
    return static_cast<std::size_t>(kind);
}

/// The wide topic of a kind; nullopt for account events.
std::optional<TopicKind> family_topic(domain::EventKind kind) {
    const std::string_view text = domain::name(kind);
    const std::string_view family = text.substr(0, text.find('.'));
    if (family == "trade") return TopicKind::trade;
    if (family == "cargo") return TopicKind::cargo;
    if (family == "inventory") return TopicKind::inventory;
    if (family == "critical") return TopicKind::critical;
    if (family == "product") return TopicKind::product;
    if (family == "station") return TopicKind::station;
    return std::nullopt;
}

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= limits::max_slug &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

}  // namespace

std::optional<Topic> topic_from(std::string_view text) {
    static constexpr std::pair<std::string_view, TopicKind> wide[] = {
        {"*", TopicKind::everything},      {"trade", TopicKind::trade},
        {"cargo", TopicKind::cargo},       {"inventory", TopicKind::inventory},
        {"critical", TopicKind::critical}, {"product", TopicKind::product},
        {"station", TopicKind::station},
    };
    static constexpr std::pair<std::string_view, TopicKind> narrow[] = {
        {"trade:", TopicKind::trade_id},
        {"cargo:", TopicKind::cargo_id},
        {"product:", TopicKind::product_id},
        {"station:", TopicKind::station_id},
    };
    for (const auto& [word, kind] : wide)
        if (text == word) return Topic{.kind = kind};
    for (const auto& [prefix, kind] : narrow) {
        if (!text.starts_with(prefix)) continue;
        const std::string_view id = text.substr(prefix.size());
        if (is_id(id)) return Topic{.kind = kind, .id = std::string(id)};
    }
    return std::nullopt;
}

std::optional<Hub::Places> Hub::subscribe(ClientId client, const std::vector<Topic>& topics) {
    if (topics_.size() <= client) {
        topics_.resize(client + 1);
        matched_.resize(client + 1);
    }
    auto& mine = topics_[client];
    Places fresh;
    for (std::size_t place = 0; place < topics.size(); ++place) {
        const Topic& topic = topics[place];
        const auto is_same = [&](std::size_t earlier) { return topics[earlier] == topic; };
        if (std::ranges::find(mine, topic) == mine.end() && std::ranges::none_of(fresh, is_same))
            fresh.push_back(place);
    }
    if (mine.size() + fresh.size() > limits::max_topics) return std::nullopt;
    for (const std::size_t place : fresh) {
        add_to_index(client, topics[place]);
        mine.push_back(topics[place]);
    }
    return fresh;
}

void Hub::unsubscribe(ClientId client, const std::vector<Topic>& topics) {
    if (client >= topics_.size()) return;
    auto& mine = topics_[client];
    for (const Topic& topic : topics)
        if (std::erase(mine, topic) != 0) take_from_index(client, topic);
}

void Hub::remove(ClientId client) {
    if (client >= topics_.size()) return;
    for (const Topic& topic : topics_[client])
        take_from_index(client, topic);
    topics_[client] = {};
}

bool Hub::is_heard(domain::EventKind kind) const {
    const auto family = family_topic(kind);
    if (!family) return false;
    return !wide_[number(TopicKind::everything)].empty() || !wide_[number(*family)].empty() ||
           std::ranges::any_of(narrow_, [](const ById& index) { return !index.empty(); });
}

bool Hub::needs_concerns() const {
    return !narrow_[number(TopicKind::station_id) - first_narrow].empty() ||
           !narrow_[number(TopicKind::product_id) - first_narrow].empty();
}

bool Hub::hears(ClientId client, const Event& event, const Concerns& concerns) const {
    const auto family = family_topic(event.kind);
    if (!family || client >= topics_.size()) return false;
    const bool is_critical = *family == TopicKind::critical;
    const auto matches = [&](const Topic& topic) {
        switch (topic.kind) {
            case TopicKind::everything:
                return true;
            case TopicKind::trade_id:
                return (is_critical || *family == TopicKind::trade) && topic.id == event.subject;
            case TopicKind::cargo_id:
                return (is_critical || *family == TopicKind::cargo) && topic.id == event.subject;
            case TopicKind::station_id:
                return std::ranges::find(concerns.stations, topic.id) != concerns.stations.end();
            case TopicKind::product_id:
                return std::ranges::find(concerns.products, topic.id) != concerns.products.end();
            case TopicKind::trade:
            case TopicKind::cargo:
            case TopicKind::inventory:
            case TopicKind::critical:
            case TopicKind::product:
            case TopicKind::station:
                break;
        }
        return topic.kind == *family;
    };
    return std::ranges::any_of(topics_[client], matches);
}

void Hub::match(const Event& event, const Concerns& concerns, std::vector<ClientId>& out) {
    out.clear();
    const auto family = family_topic(event.kind);
    if (!family) return;
    ++match_;
    collect(wide_[number(TopicKind::everything)], out);
    collect(wide_[number(*family)], out);
    const bool is_critical = *family == TopicKind::critical;
    if (is_critical || *family == TopicKind::trade)
        collect(index(TopicKind::trade_id), event.subject, out);
    if (is_critical || *family == TopicKind::cargo)
        collect(index(TopicKind::cargo_id), event.subject, out);
    for (const std::string& station : concerns.stations)
        collect(index(TopicKind::station_id), station, out);
    for (const std::string& product : concerns.products)
        collect(index(TopicKind::product_id), product, out);
}

void Hub::collect(const Clients& clients, std::vector<ClientId>& out) {
    for (const ClientId client : clients) {
        if (matched_[client] == match_) continue;
        matched_[client] = match_;
        out.push_back(client);
    }
}

void Hub::collect(const ById& index, std::string_view id, std::vector<ClientId>& out) {
    const auto found = index.find(id);
    if (found != index.end()) collect(found->second, out);
}

Hub::ById& Hub::index(TopicKind kind) {
    return narrow_[number(kind) - first_narrow];
}

void Hub::add_to_index(ClientId client, const Topic& topic) {
    if (topic.kind < TopicKind::trade_id)
        wide_[number(topic.kind)].push_back(client);
    else
        index(topic.kind)[topic.id].push_back(client);
}

void Hub::take_from_index(ClientId client, const Topic& topic) {
    const auto drop = [client](Clients& clients) {
        const auto found = std::ranges::find(clients, client);
        if (found == clients.end()) return;
        *found = clients.back();
        clients.pop_back();
    };
    if (topic.kind < TopicKind::trade_id) return drop(wide_[number(topic.kind)]);
    auto& by_id = index(topic.kind);
    const auto found = by_id.find(topic.id);
    if (found == by_id.end()) return;
    drop(found->second);
    if (found->second.empty()) by_id.erase(found);
}

}  // namespace itn::workers::notifier
