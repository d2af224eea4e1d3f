#include "tests/common/wire/arbitrary.h"

#include "common/base/limits.h"
#include "common/wire/ids.h"
#include "common/wire/json_text.h"

namespace itn::wire::arbitrary {

namespace {

using rc::gen::arbitrary;
using rc::gen::inRange;

constexpr std::string_view slug_first = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view slug_rest = "abcdefghijklmnopqrstuvwxyz0123456789-_";

char any_of(std::string_view characters) {
    return characters[*inRange<std::size_t>(0, characters.size())];
}

template <class T>
T id(const rc::Gen<std::string>& text) {
    return T(*text);
}

std::int64_t number(std::int64_t from, std::int64_t to) {
    return *inRange<std::int64_t>(from, to + 1);
}

template <class T>
std::optional<T> maybe(const std::function<T()>& make) {
    return *arbitrary<bool>() ? std::optional<T>(make()) : std::nullopt;
}

std::uint32_t code_point() {
    switch (*inRange(0, 5)) {
        case 0:
            return static_cast<std::uint32_t>(*inRange(1, 0x20));
        case 1:
            return static_cast<std::uint32_t>(*inRange(0x80, 0xD800));
        case 2:
            return static_cast<std::uint32_t>(*inRange(0xE000, 0x110000));
        default:
            return static_cast<std::uint32_t>(*inRange(0x20, 0x80));
    }
}

}  // namespace

rc::Gen<std::string> slug() {
    return rc::gen::exec([] {
        std::string text(1, any_of(slug_first));
        const auto more = *inRange<std::size_t>(0, 12);
        while (text.size() <= more)
            text += any_of(slug_rest);
        return text;
    });
}

rc::Gen<std::string> uuid() {
    return rc::gen::exec([] {
        std::string text = "00000000-0000-0000-0000-000000000000";
        for (char& c : text) {
            if (c != '-') c = any_of("0123456789abcdef");
        }
        return text;
    });
}

rc::Gen<std::string> visible() {
    return rc::gen::exec([] {
        std::string text;
        const auto size = *inRange<std::size_t>(1, 41);
        while (text.size() < size)
            text += static_cast<char>(*inRange(0x21, 0x7F));
        return text;
    });
}

rc::Gen<std::string> prose(std::size_t least, std::size_t most) {
    return rc::gen::exec([least, most] {
        std::string text;
        const auto size = *inRange(least, most + 1);
        for (std::size_t i = 0; i < size; ++i)
            append_utf8(text, code_point());
        return text;
    });
}

rc::Gen<Timestamp> moment() {
    return rc::gen::exec(
        [] { return Timestamp(std::chrono::microseconds(number(0, 253'402'300'799'999'999))); });
}

rc::Gen<Lane> lane() {
    return rc::gen::exec([] {
        return Lane{.family = static_cast<Family>(*inRange(0, 4)),
                    .shard = *inRange<std::uint16_t>(0, limits::max_shards)};
    });
}

rc::Gen<std::vector<domain::Line>> lines() {
    return rc::gen::exec([] {
        std::vector<domain::Line> all(*inRange<std::size_t>(1, 6));
        for (auto& line : all) {
            line.product = id<ProductId>(slug());
            line.quantity = Quantity(number(1, 1'000'000));
            line.unit_price = Credits(number(0, 1'000'000'000));
            line.unit_volume = Volume(number(0, 1'000'000'000));
        }
        return all;
    });
}

rc::Gen<std::vector<domain::Goods>> goods() {
    return rc::gen::exec([] {
        std::vector<domain::Goods> all(*inRange<std::size_t>(0, 6));
        for (auto& one : all) {
            one.product = id<ProductId>(slug());
            one.quantity = Quantity(number(1, 1'000'000));
            one.unit_volume = Volume(number(0, 1'000'000'000));
        }
        return all;
    });
}

rc::Gen<domain::Trade> trade() {
    return rc::gen::exec([] {
        domain::Trade trade;
        trade.id = id<TransactionId>(uuid());
        trade.type = static_cast<domain::TradeType>(*inRange(0, 2));
        trade.seller = id<StationId>(slug());
        trade.buyer = id<StationId>(slug());
        trade.destination = id<StationId>(slug());
        trade.lines = *lines();
        trade.total = Credits(number(0, limits::max_unit_price));
        trade.status = static_cast<domain::TradeStatus>(*inRange(0, 6));
        trade.reason = *prose();
        trade.shipment = maybe<ShipmentId>([] { return id<ShipmentId>(uuid()); });
        trade.requested_by = id<Principal>(visible());
        trade.version = number(0, std::numeric_limits<std::int64_t>::max() - 1);
        trade.created_at = *moment();
        trade.updated_at = *moment();
        return trade;
    });
}

rc::Gen<domain::Cargo> cargo() {
    return rc::gen::exec([] {
        domain::Cargo cargo;
        cargo.generated = *arbitrary<bool>();
        cargo.id = id<ShipmentId>(cargo.generated ? uuid() : slug());
        cargo.origin = id<StationId>(slug());
        cargo.destination = id<StationId>(slug());
        cargo.status = static_cast<domain::CargoStatus>(*inRange(0, 6));
        cargo.capacity = maybe<Volume>([] { return Volume(number(0, 1'000'000)); });
        cargo.loaded = Volume(number(0, 1'000'000));
        cargo.trade_count = *inRange(0, 65);
        cargo.location = *prose();
        cargo.note = *prose();
        cargo.eta = maybe<Timestamp>([] { return *moment(); });
        cargo.departed_at = maybe<Timestamp>([] { return *moment(); });
        cargo.delivered_at = maybe<Timestamp>([] { return *moment(); });
        cargo.requested_by = id<Principal>(visible());
        cargo.version = number(0, 1'000'000);
        cargo.created_at = *moment();
        cargo.updated_at = *moment();
        return cargo;
    });
}

rc::Gen<domain::Stock> stock() {
    return rc::gen::exec([] {
        domain::Stock stock;
        stock.key = {.station = id<StationId>(slug()), .product = id<ProductId>(slug())};
        stock.reserved = Quantity(number(0, 1'000'000));
        stock.on_hand = stock.reserved + Quantity(number(0, limits::max_quantity));
        stock.low_below = maybe<Quantity>([] { return Quantity(number(0, 100)); });
        stock.version = number(0, 1'000'000);
        return stock;
    });
}

rc::Gen<Station> station() {
    return rc::gen::exec([] {
        return Station{.id = id<StationId>(slug()),
                       .name = "N" + *slug(),
                       .kind = *arbitrary<bool>() ? "planet" : "space_station",
                       .x = number(-1'000'000, 1'000'000),
                       .y = number(-1'000'000, 1'000'000),
                       .z = number(-1'000'000, 1'000'000),
                       .version = number(1, 1'000)};
    });
}

rc::Gen<Product> product() {
    return rc::gen::exec([] {
        Product product{.id = id<ProductId>(slug()),
                        .name = "N" + *slug(),
                        .description = *slug(),
                        .category = *slug(),
                        .brand = "",
                        .unit_price = Credits(number(0, limits::max_unit_price)),
                        .unit_volume = Volume(number(0, 1'000)),
                        .images = {},
                        .version = number(1, 1'000)};
        const auto images = *inRange<std::size_t>(0, 4);
        while (product.images.size() < images)
            product.images.push_back("https://images.example/" + *slug());
        return product;
    });
}

rc::Gen<std::string> mutated(std::string text) {
    return rc::gen::exec([text] {
        std::string bad = text;
        const int faults = *inRange(1, 9);
        for (int i = 0; i < faults; ++i) {
            const auto at = *inRange<std::size_t>(0, bad.size() + 1);
            const auto length = *inRange<std::size_t>(0, 12);
            const char byte = static_cast<char>(*inRange(0, 256));
            switch (*inRange(0, 4)) {
                case 0:
                    bad.insert(at, 1, byte);
                    break;
                case 1:
                    bad.erase(at, length);
                    break;
                case 2:
                    bad.insert(at, bad.substr(at / 2, length));
                    break;
                default:
                    if (at < bad.size()) bad[at] = byte;
            }
        }
        return bad;
    });
}

}  // namespace itn::wire::arbitrary
