#pragma once

// Turns bytes into what people and machines wish for in a galaxy of three stations, two products
// and few ids, so that wishes meet each other and every rule is broken now and then.

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "tests/common/domain/galaxy.h"

namespace itn::domain::test {

using Step = std::array<std::uint8_t, 8>;

/// The command the bytes stand for here and now; nullopt: a reaction when none is due.
std::optional<Command> wish_from(Galaxy& galaxy, const Step& step);

/// A galaxy after these steps, decided in batches, and the commands it was given.
struct Story {
    Galaxy galaxy{};
    std::vector<Command> told{};
    std::set<Rejection> rejections{};
    /// The first reaction that was rejected, "" if none was.
    std::string refused_reaction{};
};
Story tell(const std::vector<Step>& steps);

}  // namespace itn::domain::test
