#include "tests/api/played_galaxy.h"

#include <future>
#include <stdexcept>

#include "common/storage/accounts.h"
#include "common/storage/migrate.h"
#include "common/wire/ids.h"
#include "tests/support/private_postgres.h"

namespace itn::api::tests {

namespace {

/// The account behind such a token, for the workers' look at it.
void enrol_at(const std::string& url, const Who& who) {
    storage::Accounts accounts(url, "test");
    const auto now = runtime::SystemClock().now();
    if (const std::string_view partner = "partner:"; who.principal.text().starts_with(partner)) {
        accounts.add_partner(
            {.name = who.principal.text().substr(partner.size()), .stations = who.stations}, now,
            an_admin().principal);
        return;
    }
    storage::Account account{.id = who.principal.text().substr(std::string_view("user:").size()),
                             .name = "somebody",
                             .stations = who.stations,
                             .created_at = now,
                             .changed_at = now};
    account.email = account.id + "@galaxy.example";
    who.roles.each([&](identity::Role role) { account.role = role; });
    if (accounts.register_account(account, "no password", {.caused_by = account.id, .at = now}) !=
        storage::Changed::done)
        throw std::runtime_error("no account was made");
}

std::string fresh_database() {
    return itn::tests::private_postgres().fresh_database([](const std::string& url) {
        storage::migrate(url, storage::embedded_migrations(), shards);
        enrol_at(url, an_admin());
    });
}

}  // namespace

PlayedGalaxy::PlayedGalaxy() : world_(fresh_database()) {
    for (const auto family : {Family::trade, Family::cargo, Family::inventory})
        stores_[family] =
            std::make_unique<storage::PostgresStore>(world_.database_url(), family, "played");
    for (const auto* id : {"ceres", "mars"}) {
        add_station(id);
    }
    for (const auto* id : {"ice", "iron"}) {
        const Json product{{"productId", id}, {"name", id}, {"unitPrice", 250}, {"unitVolume", 1}};
        const auto reply = world_.ask("POST", "/api/products", product.dump());
        if (reply.status != 201) throw std::runtime_error(reply.body);
    }
}

std::size_t PlayedGalaxy::work() {
    std::map<Family, std::vector<workers::Item>> items;
    std::size_t count = 0;
    for (const auto& text : world_.commands()) {
        auto parsed = wire::parse_envelopes("[" + text + "]");
        auto& envelope = parsed.envelopes.at(0);
        const auto lane = wire::lane_of(envelope.command, shards);
        if (!done_.insert(envelope.command.id.text()).second) continue;
        ++count;
        items[lane.family].push_back({.lane = lane, .envelope = std::move(envelope)});
    }
    for (const auto& [family, batch] : items) {
        workers::Committer committer(*stores_.at(family), clock_, stop_, {});
        for (const auto& [outcome, reply_to] : committer.process(batch).answers) {
            if (reply_to.empty()) continue;
            messaging::Delivery delivery;
            delivery.body = "[" + wire::render(outcome, "epoch") + "]";
            world_.broker().put(reply_to, delivery);
        }
    }
    return count;
}

Json PlayedGalaxy::submit(std::string_view method, std::string_view target, const Json& body,
                          Headers headers) {
    const auto reply = world_.ask(method, target, body.dump(), std::move(headers));
    if (reply.status != 202) throw std::runtime_error(reply.body);
    work();
    return Json::parse(reply.body);
}

HttpReply PlayedGalaxy::submit_and_wait(std::string_view method, std::string_view target,
                                        const std::string& body, Headers headers) {
    headers.emplace_back("Prefer", "wait=20");
    auto reply =
        std::async(std::launch::async, [&] { return world_.ask(method, target, body, headers); });
    // Not everything is put on a queue: whoever is refused is answered at once.
    while (reply.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
        work();
    return reply.get();
}

HttpReply PlayedGalaxy::submit_and_wait(std::string_view method, std::string_view target,
                                        const Json& body) {
    return submit_and_wait(method, target, body.dump(), {});
}

void PlayedGalaxy::enrol(const Who& who) {
    enrol_at(world_.database_url(), who);
}

void PlayedGalaxy::add_station(const std::string& id) {
    const Json station{{"stationId", id},
                       {"name", id},
                       {"kind", "planet"},
                       {"position", {{"x", 1}, {"y", 2}, {"z", 3}}}};
    const auto reply = world_.ask("POST", "/api/stations", station.dump());
    if (reply.status != 201) throw std::runtime_error(reply.body);
}

void PlayedGalaxy::restock(std::int64_t quantity) {
    submit("POST", "/api/inventory/ceres/adjustments",
           {{"productId", "ice"}, {"delta", quantity}, {"reason", "restock"}});
}

std::string PlayedGalaxy::trade(std::int64_t quantity, const Headers& headers) {
    auto wish = Json::parse(good_trade());
    wish["items"][0]["quantity"] = quantity;
    return submit("POST", "/api/trades", wish, headers).at("transactionId");
}

Json PlayedGalaxy::json(std::string_view target) const {
    const auto reply = get(target);
    if (reply.status != 200) throw std::runtime_error(std::string(target) + ": " + reply.body);
    return Json::parse(reply.body);
}

}  // namespace itn::api::tests
