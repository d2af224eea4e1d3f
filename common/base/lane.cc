#include "common/base/lane.h"

#include <array>

#include "common/base/limits.h"

namespace itn {

namespace {
constexpr std::array<std::string_view, 4> family_names = {"trade", "cargo", "inventory",
                                                          "catalogue"};
}

std::string_view name(Family family) {
    return family_names[static_cast<std::size_t>(family)];
}

std::optional<Family> family_from(std::string_view name) {
    for (std::size_t i = 0; i < family_names.size(); ++i) {
        if (family_names[i] == name) return static_cast<Family>(i);
    }
    return std::nullopt;
}

std::string Lane::text() const {
    std::string text(name(family));
    text += '.';
    text += static_cast<char>('0' + shard / 10);
    text += static_cast<char>('0' + shard % 10);
    return text;
}

std::optional<Lane> Lane::from(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || text.size() != dot + 3) return std::nullopt;
    const auto family = family_from(text.substr(0, dot));
    if (!family) return std::nullopt;
    const auto digit = [&](std::size_t i) { return text[dot + i] - '0'; };
    if (digit(1) < 0 || digit(1) > 9 || digit(2) < 0 || digit(2) > 9) return std::nullopt;
    return Lane{.family = *family, .shard = static_cast<std::uint16_t>(digit(1) * 10 + digit(2))};
}

}  // namespace itn
