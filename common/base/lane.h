#pragma once

// A lane is the unit of order and of parallelism: one family × one shard of stations. Its name is
// "<family>.<two digits>", which is also the routing key of its queue and the key of its counters.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace itn {

enum class Family : std::uint8_t { trade, cargo, inventory, catalogue };

std::string_view name(Family family);
std::optional<Family> family_from(std::string_view name);

struct Lane {
    Family family = Family::trade;
    std::uint16_t shard = 0;

    /// "trade.07"
    std::string text() const;
    /// nullopt unless `text` is exactly what text() makes.
    static std::optional<Lane> from(std::string_view text);

    friend bool operator==(const Lane&, const Lane&) = default;
    friend auto operator<=>(const Lane&, const Lane&) = default;
};

}  // namespace itn

template <>
struct std::hash<itn::Lane> {
    std::size_t operator()(const itn::Lane& lane) const noexcept {
        return std::size_t(lane.family) << 16 | lane.shard;
    }
};
