#pragma once

// Who hears what. A client subscribes to topics, and an event goes to every client with at least
// one topic that matches:
//
//   trade cargo inventory critical product station   all events of the family, by their kind
//   trade:<id>  cargo:<id>                           events of that trade or shipment, and
//   criticals
//                                                    about it
//   station:<id>  product:<id>                       events that concern it, whatever their family
//   *                                                everything
//
// Account events (user.*) are nobody's topic. A client that names no topic at all hears everything;
// one that unsubscribed from its last topic hears nothing. Topics are an index: an event costs what
// its listeners cost, however many clients there are. Pure; loop thread only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "workers/notifier/event.h"

namespace itn::workers::notifier {

/// Small and reused: the slot of a client.
using ClientId = std::uint32_t;

enum class TopicKind : std::uint8_t {
    everything,
    trade,
    cargo,
    inventory,
    critical,
    product,
    station,
    trade_id,
    cargo_id,
    product_id,
    station_id,
};
struct Topic {
    TopicKind kind = TopicKind::everything;
    std::string id{};  // of the last four
    friend bool operator==(const Topic&, const Topic&) = default;
};

/// nullopt for what is no topic: unknown, or an id that is empty, too long or of other characters
/// than a-z, 0-9, _ and -.
std::optional<Topic> topic_from(std::string_view text);

class Hub final {
public:
    /// Places in a list of topics.
    using Places = std::vector<std::size_t>;

    /// Which of the topics are new to the client; each counts once. nullopt when that would be more
    /// than limits::max_topics; then nothing changed.
    std::optional<Places> subscribe(ClientId client, const std::vector<Topic>& topics);
    void unsubscribe(ClientId client, const std::vector<Topic>& topics);
    /// Forgets the client.
    void remove(ClientId client);

    /// Whether anybody could hear an event of this kind. Cheap.
    bool is_heard(domain::EventKind kind) const;
    /// Whether match() needs the concerns of an event: somebody follows a station or a product.
    bool needs_concerns() const;
    /// Whether this client hears the event.
    bool hears(ClientId client, const Event& event, const Concerns& concerns) const;
    /// Writes every client that hears the event to `out`, each once, in no order.
    void match(const Event& event, const Concerns& concerns, std::vector<ClientId>& out);

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    using Clients = std::vector<ClientId>;
    using ById = std::unordered_map<std::string, Clients, TextHash, std::equal_to<>>;

    void add_to_index(ClientId client, const Topic& topic);
    void take_from_index(ClientId client, const Topic& topic);
    void collect(const Clients& clients, std::vector<ClientId>& out);
    void collect(const ById& index, std::string_view id, std::vector<ClientId>& out);
    ById& index(TopicKind kind);

    std::vector<std::vector<Topic>> topics_;  // by client
    std::vector<std::uint64_t> matched_;      // by client: the last match() that found it
    std::uint64_t match_ = 0;
    Clients wide_[7];  // by TopicKind up to station
    ById narrow_[4];   // by TopicKind from trade_id
};

}  // namespace itn::workers::notifier
