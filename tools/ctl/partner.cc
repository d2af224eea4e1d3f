// itnctl partner add, list, show, disable, enable. A partner is a row of the network, a user with
// two queues at the broker, and an API key; adding it again makes what is missing of them.

#include <algorithm>

#include "common/messaging/broker_url.h"
#include "tools/ctl/broker_account.h"
#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"
#include "tools/ctl/partner_guide.h"

namespace itn::ctl {

namespace {

struct Wish {
    std::string name{};
    std::vector<std::string> stations{};
    bool rotate = false;
};

const std::vector<Column>& partner_fields() {
    static const std::vector<Column> fields = {{"partner", "/name"},
                                               {"stations", "/stations"},
                                               {"disabled", "/disabled"},
                                               {"version", "/version"},
                                               {"created", "/createdAt"}};
    return fields;
}

std::string path_of(const std::string& name) {
    return "/api/partners/" + tools::escaped(name);
}

messaging::BrokerUrl broker_of(const Environment& environment) {
    if (environment.amqp_url.empty())
        throw Trouble(Exit::usage, "ITN_AMQP_URL is not set: where partners find the broker");
    auto url = messaging::parse_broker_url(environment.amqp_url);
    if (!url) throw Trouble(Exit::usage, "ITN_AMQP_URL: " + url.problem().detail);
    return *std::move(url);
}

std::vector<std::string> in_order(const json& stations) {
    auto names = stations.get<std::vector<std::string>>();
    std::sort(names.begin(), names.end());
    return names;
}

/// The partner's row, made or changed to act for these stations (those it has, when none is given).
json provide_row(Desk& desk, const Wish& wish, bool enable) {
    if (!enable) {
        const auto made =
            desk.ask("POST", "/api/partners", {{"name", wish.name}, {"stations", wish.stations}});
        if (made.is_success()) return made.body;
        if (made.status != 409) throw trouble_of(made);
    }
    const json there = desk.get(path_of(wish.name));
    json wanted = {{"name", wish.name},
                   {"stations", wish.stations.empty() ? there.at("stations") : json(wish.stations)},
                   {"disabled", there.value("disabled", false) && !enable}};
    if (wanted.value("disabled", false))
        throw Trouble(Exit::refused,
                      wish.name + " is disabled: itnctl partner enable " + wish.name);
    const bool is_there = in_order(wanted["stations"]) == in_order(there.at("stations"));
    if (is_there && !enable) return there;
    return desk.call("PUT", path_of(wish.name), wanted).body;
}

/// A key for the partner, when it has none that is good or another one is wished for; "" else.
std::string provide_key(Desk& desk, const Wish& wish) {
    const json keys = desk.get("/api/keys?partner=" + tools::escaped(wish.name));
    std::vector<std::string> good;
    for (const json& key : keys.at("data"))
        if (!key.value("revoked", false)) good.push_back(key.value("keyId", ""));
    if (!good.empty() && !wish.rotate) return "";
    // Two may be good at once, so the last one stays good until its successor is there.
    const auto revoke = [&](const std::string& id) {
        desk.call("DELETE", "/api/keys/" + tools::escaped(id));
    };
    while (good.size() > 1) {
        revoke(good.back());
        good.pop_back();
    }
    const json made = desk.call("POST", "/api/keys",
                                {{"name", "partner " + wish.name},
                                 {"scopes", {"read", "trade", "cargo", "inventory"}},
                                 {"partner", wish.name}})
                          .body;
    for (const std::string& id : good)
        revoke(id);
    return made.value("key", "");
}

int provide(Desk& desk, const Wish& wish, bool enable) {
    const messaging::BrokerUrl broker = broker_of(desk.environment());
    BrokerAccount account(desk.environment().management_url, broker.vhost);
    const json row = provide_row(desk, wish, enable);
    const std::string key = provide_key(desk, wish);
    const auto password = account.provide(wish.name, wish.rotate);
    const PartnerAccess access{.name = wish.name,
                               .stations = row.at("stations").get<std::vector<std::string>>(),
                               .broker = broker,
                               .api_url = desk.environment().url,
                               .password = password.value_or(""),
                               .api_key = key};
    desk.print_text(desk.environment().json ? access_json(access).dump(2) + '\n'
                                            : access_text(access));
    return 0;
}

int list(Desk& desk) {
    desk.print_list(desk.get("/api/partners"), {{"PARTNER", "/name"},
                                                {"STATIONS", "/stations"},
                                                {"DISABLED", "/disabled"},
                                                {"CREATED", "/createdAt"}});
    return 0;
}

int show(Desk& desk, const std::string& name) {
    desk.print(desk.get(path_of(name)), partner_fields());
    return 0;
}

/// First the row, which stops its commands and its key, then the user at the broker.
int disable(Desk& desk, const std::string& name) {
    const messaging::BrokerUrl broker = broker_of(desk.environment());
    BrokerAccount account(desk.environment().management_url, broker.vhost);
    const json there = desk.get(path_of(name));
    const json now =
        desk.call("PUT", path_of(name),
                  {{"name", name}, {"stations", there.at("stations")}, {"disabled", true}})
            .body;
    account.remove(name);
    desk.print(now, partner_fields());
    return 0;
}

void add_verb_add(Noun& partner) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = partner.verb("add", "Lets a company's system in, over the queue and REST.");
    verb.word("name", wish->name, "3 to 32 of a-z and 0-9.");
    verb.list("--station", wish->stations, "A station it acts for; repeatable.").required();
    verb.flag("--rotate", wish->rotate, "A new password and API key for one that is there.");
    verb.runs([wish](Desk& desk) { return provide(desk, *wish, false); });
}

}  // namespace

void add_partner(Tree& tree) {
    Noun partner = tree.noun("partner", "Other companies' systems.");
    add_verb_add(partner);
    partner.verb("list", "Shows all of them.").runs(list);
    const auto shown = std::make_shared<std::string>();
    partner.verb("show", "Shows one.").word("name", *shown, "Its name.").runs([shown](Desk& desk) {
        return show(desk, *shown);
    });
    const auto gone = std::make_shared<std::string>();
    partner.verb("disable", "Locks it out.")
        .word("name", *gone, "Its name.")
        .runs([gone](Desk& desk) { return disable(desk, *gone); });
    const auto back = std::make_shared<Wish>();
    partner.verb("enable", "Lets it in again, with a new password.")
        .word("name", back->name, "Its name.")
        .runs([back](Desk& desk) { return provide(desk, *back, true); });
}

}  // namespace itn::ctl
