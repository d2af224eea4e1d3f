#pragma once

// The text of the position that every frame carries (common/wire/position.h), kept current in
// place: an event changes one varint, so only its few characters are written anew. Gives exactly
// what wire::render() gives.

#include <cstdint>
#include <string>
#include <vector>

#include "common/wire/position.h"

namespace itn::workers::notifier {

class PositionText final {
public:
    void reset(wire::Position position);
    /// Moves one lane on; `seq` is positive.
    void set(Lane lane, std::int64_t seq);

    const std::string& text() const { return text_; }
    const wire::Position& position() const { return position_; }

private:
    struct Place {
        Lane lane{};
        std::size_t begin = 0;  // of the seq's varint in bytes_
        std::size_t size = 0;
    };
    void render_all();
    /// Writes the characters anew that say the bytes from `begin` to before `end`.
    void encode(std::size_t begin, std::size_t end);

    wire::Position position_;
    std::vector<Place> places_;  // as they stand in the text
    std::string bytes_;          // what the base64 says
    std::size_t head_ = 0;       // characters before the base64
    std::string text_;
};

}  // namespace itn::workers::notifier
