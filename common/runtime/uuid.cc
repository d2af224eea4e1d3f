#include "common/runtime/uuid.h"

#include <sys/random.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "common/base/ensure.h"

namespace itn::runtime {

namespace {

/// 48 bits of milliseconds and 12 bits below them, larger than any value returned before.
std::uint64_t next_tick() {
    static std::atomic<std::uint64_t> last{0};
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())
                         .time_since_epoch()
                         .count();
    const auto micros = static_cast<std::uint64_t>(now);
    const std::uint64_t tick = (micros / 1000) << 12 | (micros % 1000) * 4;
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    std::uint64_t mine = 0;
    do {
        mine = tick > seen ? tick : seen + 1;
    } while (!last.compare_exchange_weak(seen, mine, std::memory_order_relaxed));
    return mine;
}

}  // namespace

void random_bytes(std::span<std::byte> out) {
    while (!out.empty()) {
        const auto got = getrandom(out.data(), out.size(), 0);
        if (got < 0) continue;  // interrupted by a signal before the pool was ready
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

std::string uuid_v7() {
    std::array<std::byte, 16> bytes{};
    random_bytes(std::span(bytes).subspan(8));
    const std::uint64_t tick = next_tick();
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::byte>(tick >> (52 - 8 * i));
    bytes[6] = static_cast<std::byte>(0x70U | ((tick >> 8) & 0x0fU));
    bytes[7] = static_cast<std::byte>(tick);
    bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    return uuid_text(bytes);
}

std::string uuid_text(const std::array<std::byte, 16>& bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        const auto value = std::to_integer<unsigned>(bytes[i]);
        text += digits[value >> 4];
        text += digits[value & 0x0fU];
    }
    ENSURE(text.size() == 36);
    return text;
}

}  // namespace itn::runtime
