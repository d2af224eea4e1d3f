#include "workers/notifier/position_text.h"

#include <algorithm>

namespace itn::workers::notifier {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint64_t families = 4;

std::uint64_t index_of(Lane lane) {
    return lane.shard * families + static_cast<std::uint64_t>(lane.family);
}

/// A seq has at most nine of them.
std::size_t varint(std::uint64_t value, char* out) {
    std::size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        out[size++] = static_cast<char>(0x80 | (value & 0x7f));
    out[size++] = static_cast<char>(value);
    return size;
}

}  // namespace

void PositionText::reset(wire::Position position) {
    position_ = std::move(position);
    render_all();
}

void PositionText::set(Lane lane, std::int64_t seq) {
    position_.seqs[lane] = seq;
    const auto place =
        std::ranges::lower_bound(places_, index_of(lane), {},
                                 [](const Place& candidate) { return index_of(candidate.lane); });
    char bytes[10];
    const std::size_t size = varint(static_cast<std::uint64_t>(seq), bytes);
    if (place == places_.end() || place->lane != lane || place->size != size) return render_all();
    std::size_t first = 0;
    while (first + 1 < size && bytes_[place->begin + first] == bytes[first])
        ++first;
    std::copy(bytes + first, bytes + size, bytes_.data() + place->begin + first);
    encode(place->begin + first, place->begin + size);
}

void PositionText::render_all() {
    places_.clear();
    bytes_.clear();
    for (const auto& [lane, seq] : position_.seqs)
        if (seq > 0) places_.push_back({.lane = lane});
    std::ranges::sort(places_, {}, [](const Place& place) { return index_of(place.lane); });
    for (Place& place : places_) {
        char out[10];
        bytes_.append(out, varint(index_of(place.lane), out));
        place.begin = bytes_.size();
        place.size = varint(static_cast<std::uint64_t>(position_.seqs[place.lane]), out);
        bytes_.append(out, place.size);
    }
    text_ = "v1." + position_.epoch + ".";
    head_ = text_.size();
    text_.resize(head_ + (bytes_.size() * 4 + 2) / 3);
    encode(0, bytes_.size());
}

void PositionText::encode(std::size_t begin, std::size_t end) {
    const auto byte = [this](std::size_t at) {
        return at < bytes_.size()
                   ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes_[at]))
                   : 0U;
    };
    for (std::size_t group = begin / 3; group * 3 < end; ++group) {
        const std::uint32_t bits =
            byte(group * 3) << 16 | byte(group * 3 + 1) << 8 | byte(group * 3 + 2);
        for (unsigned i = 0; i < 4; ++i) {
            const std::size_t at = head_ + group * 4 + i;
            if (at < text_.size()) text_[at] = alphabet[bits >> (18 - 6 * i) & 63];
        }
    }
}

}  // namespace itn::workers::notifier
