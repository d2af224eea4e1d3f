#include "common/gateway/stamp.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::gateway {

namespace {

Problem problem(std::string slug, std::string pointer, std::string detail) {
    return Problem{.slug = std::move(slug),
                   .detail = detail,
                   .faults = {Fault{.pointer = std::move(pointer), .detail = std::move(detail)}}};
}

/// What is wrong with the wish, gathered under the first slug that applies.
class Check final {
public:
    explicit Check(const Catalogue& catalogue) : catalogue_(catalogue) {}

    void differ(const StationId& from, const StationId& to, const std::string& pointer) {
        if (from == to)
            note("same_station", pointer, "is the station that the goods come from: " + to.text());
    }
    void station(const StationId& id, const std::string& pointer) {
        if (!catalogue_.stations.contains(id))
            note("unknown_station", pointer, "there is no station " + id.text());
    }
    /// nullptr: unknown, and noted.
    const wire::Product* product(const ProductId& id, const std::string& pointer) {
        const auto found = catalogue_.products.find(id);
        if (found != catalogue_.products.end()) return &found->second;
        note("unknown_product", pointer, "there is no product " + id.text());
        return nullptr;
    }
    void range(const std::string& pointer, std::string detail) {
        note("out_of_range", pointer, std::move(detail));
    }

    bool passed() const { return problem_.slug.empty(); }
    Problem take() { return std::move(problem_); }

private:
    void note(std::string_view slug, const std::string& pointer, std::string detail) {
        if (passed())
            problem_ = problem(std::string(slug), pointer, detail);
        else if (problem_.slug == slug)
            problem_.faults.push_back(Fault{.pointer = pointer, .detail = std::move(detail)});
    }

    const Catalogue& catalogue_;
    Problem problem_;
};

/// Lines or goods of one product become one, at the place of the first.
template <class T>
void add_up(std::vector<T>& items, Check& check) {
    std::vector<T> sums;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = std::ranges::find(sums, items[i].product, &T::product);
        if (found == sums.end()) {
            sums.push_back(items[i]);
            continue;
        }
        found->quantity += items[i].quantity;  // at most max_lines × max_quantity: fits
        if (found->quantity > Quantity(limits::max_quantity))
            check.range("/items/" + std::to_string(i) + "/quantity",
                        "all lines of the product together are more than " +
                            std::to_string(limits::max_quantity));
    }
    items = std::move(sums);
}

/// Adds `price` × `quantity` to `sum`; false when that leaves int64.
bool add_product(std::int64_t& sum, std::int64_t price, Quantity quantity) {
    std::int64_t product = 0;
    return !__builtin_mul_overflow(price, quantity.value(), &product) &&
           !__builtin_add_overflow(sum, product, &sum);
}

class Stamper final {
public:
    explicit Stamper(const Catalogue& catalogue) : check_(catalogue) {}

    void operator()(domain::CreateTrade& trade) {
        check_.differ(trade.seller, trade.buyer, "/buyer");
        check_.station(trade.seller, "/seller");
        check_.station(trade.buyer, "/buyer");
        if (trade.destination != trade.buyer) check_.station(trade.destination, "/destination");
        std::int64_t total = 0;
        std::int64_t room = 0;
        for (std::size_t i = 0; i < trade.lines.size(); ++i) {
            domain::Line& line = trade.lines[i];
            const auto* product = check_.product(line.product, product_at(i));
            if (product == nullptr) continue;
            line.unit_price = product->unit_price;
            line.unit_volume = product->unit_volume;
            if (!add_product(total, line.unit_price.value(), line.quantity) ||
                !add_product(room, line.unit_volume.value(), line.quantity))
                check_.range(quantity_at(i), "price or volume of the trade is too large");
        }
        add_up(trade.lines, check_);
    }
    void operator()(domain::CreateCargo& cargo) {
        check_.differ(cargo.origin, cargo.destination, "/destination");
        check_.station(cargo.origin, "/origin");
        check_.station(cargo.destination, "/destination");
        std::int64_t room = 0;
        for (std::size_t i = 0; i < cargo.own.size(); ++i) {
            domain::Goods& goods = cargo.own[i];
            const auto* product = check_.product(goods.product, product_at(i));
            if (product == nullptr) continue;
            goods.unit_volume = product->unit_volume;
            if (!add_product(room, goods.unit_volume.value(), goods.quantity))
                check_.range(quantity_at(i), "the volume of the shipment is too large");
        }
        add_up(cargo.own, check_);
    }
    void operator()(domain::AdjustStock& adjust) {
        check_.station(adjust.key.station, "");
        check_.product(adjust.key.product, "/productId");
    }
    /// Of a trade or shipment that exists the worker knows more than the catalogue.
    template <class Other>
    void operator()(Other&) {}

    Check& check() { return check_; }

private:
    static std::string product_at(std::size_t i) {
        return "/items/" + std::to_string(i) + "/productId";
    }
    static std::string quantity_at(std::size_t i) {
        return "/items/" + std::to_string(i) + "/quantity";
    }

    Check check_;
};

/// The id of what the command creates, when the client did not choose one.
void derive_subject(wire::Wish& wish) {
    if (const auto* trade = std::get_if<domain::CreateTrade>(&wish.body)) {
        wish.subject = wire::derive_id(trade->seller, wish.principal, wish.id.text());
    } else if (const auto* cargo = std::get_if<domain::CreateCargo>(&wish.body);
               cargo != nullptr && cargo->generated) {
        wish.subject = wire::derive_id(cargo->origin, wish.principal, wish.id.text());
    }
}

}  // namespace

Result<Stamped> stamp(wire::Wish wish, const Principal& principal, std::string key,
                      const Catalogue& catalogue, Timestamp now, std::string traceparent,
                      std::uint16_t shards) {
    if (!wire::is_command_id(key))
        return Problem{.slug = "invalid_idempotency_key",
                       .detail = "must be 1 to 255 visible ASCII characters",
                       .faults = {}};
    Stamper stamper(catalogue);
    std::visit(stamper, wish.body);
    if (!stamper.check().passed()) return stamper.check().take();
    Stamped stamped;
    stamped.envelope.payload_hash = wire::payload_hash(wish);
    wish.id = CommandId(std::move(key));
    wish.principal = principal;
    wish.issued_at = now;
    derive_subject(wish);
    stamped.lane = wire::lane_of(wish, shards);
    stamped.envelope.command = std::move(wish);
    stamped.envelope.traceparent = std::move(traceparent);
    return stamped;
}

}  // namespace itn::gateway
