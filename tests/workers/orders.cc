#include "tests/workers/orders.h"

#include "common/runtime/clock.h"
#include "common/wire/ids.h"
#include "common/wire/wish.h"

namespace itn::workers::test {

namespace {

const Principal dev{"dev"};

Item item_of(const std::string& key, domain::CommandKind kind, const std::string& subject,
             domain::CommandBody body) {
    Item item{.envelope = {.command = {.id = CommandId(key),
                                       .principal = dev,
                                       .kind = kind,
                                       .subject = subject,
                                       .issued_at = runtime::SystemClock().now(),
                                       .body = std::move(body)}}};
    item.envelope.payload_hash = wire::payload_hash(item.envelope.command);
    item.lane = wire::lane_of(item.envelope.command, shards);
    return item;
}

}  // namespace

Item restock(const std::string& key, const std::string& station, std::int64_t quantity) {
    return item_of(key, domain::CommandKind::inventory_adjust, station + "/ice",
                   domain::AdjustStock{.key = {StationId(station), ProductId("ice")},
                                       .delta = Quantity(quantity),
                                       .reason = domain::StockReason::restock});
}

Item trade(const std::string& key, const std::string& seller, const std::string& buyer,
           std::int64_t quantity) {
    return item_of(key, domain::CommandKind::trade_create,
                   wire::derive_id(StationId(seller), dev, key),
                   domain::CreateTrade{.seller = StationId(seller),
                                       .buyer = StationId(buyer),
                                       .destination = StationId(buyer),
                                       .lines = {{.product = ProductId("ice"),
                                                  .quantity = Quantity(quantity),
                                                  .unit_price = Credits(3),
                                                  .unit_volume = Volume(1)}}});
}

Item move(const std::string& key, domain::CommandKind kind, const std::string& shipment) {
    return item_of(key, kind, shipment, domain::MoveCargo{});
}

storage::Rights rights_of_dev() {
    return {.principal = dev, .roles = identity::Roles(identity::Role::admin)};
}

std::string text(const wire::Outcome& outcome) {
    std::string text(name(outcome.kind));
    return outcome.code.empty() ? text : text + ' ' + outcome.code;
}

}  // namespace itn::workers::test
