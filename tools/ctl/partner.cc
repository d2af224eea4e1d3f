// itnctl partner add, set, list, show, disable, enable. A partner is a row of the network, a user
// with an exchange and two queues at the broker, and an API key; adding it again makes what is
// missing of them.

#include <algorithm>
#include <chrono>

#include "common/base/time.h"
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

json put_row(Desk& desk, const std::string& name, const json& stations, bool disabled) {
    const json row = {{"name", name}, {"stations", stations}, {"disabled", disabled}};
    return desk.call("PUT", path_of(name), row).body;
}

std::string words_of(const json& stations) {
    std::string words;
    for (const std::string& station : in_order(stations))
        words += (words.empty() ? "" : ", ") + station;
    return words;
}

/// The partner's row, new or as it is. One that is there keeps its stations: whoever adds it again
/// with others is told.
json provide_row(Desk& desk, const Wish& wish) {
    const json row = {{"name", wish.name}, {"stations", wish.stations}};
    const auto made = desk.ask("POST", "/api/partners", row);
    if (made.is_success()) return made.body;
    if (made.status != 409) throw trouble_of(made);
    const json there = desk.get(path_of(wish.name));
    if (there.value("disabled", false))
        throw Trouble(Exit::refused,
                      wish.name + " is disabled: itnctl partner enable " + wish.name);
    if (in_order(wish.stations) != in_order(there.at("stations")))
        throw Trouble(Exit::refused, wish.name + " is there and acts for " +
                                         words_of(there.at("stations")) +
                                         ": itnctl partner set changes its stations");
    return there;
}

json enabled_row(Desk& desk, const Wish& wish) {
    return put_row(desk, wish.name, desk.get(path_of(wish.name)).at("stations"), false);
}

/// The list has those that were revoked or have expired, too.
std::vector<GoodKey> good_keys(Desk& desk, const std::string& partner) {
    const json keys = desk.get("/api/keys?partner=" + tools::escaped(partner));
    const auto now =
        std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
    std::vector<GoodKey> good;
    for (const json& key : keys.at("data")) {
        const std::string ends = key.value("expiresAt", "");
        const auto end = from_rfc3339(ends);
        const bool is_over = !end || *end <= now;
        if (!is_over && !key.value("revoked", false))
            good.push_back({.id = key.value("keyId", ""), .expires_at = ends});
    }
    return good;
}

/// A key for the partner, when it has none that is good or another one is wished for. `access` has
/// it as soon as it exists, whatever happens then.
void provide_key(Desk& desk, const Wish& wish, PartnerAccess& access) {
    std::vector<GoodKey> good = good_keys(desk, wish.name);
    if (!good.empty() && !wish.rotate) {
        access.kept_keys = good;
        return;
    }
    // Two may be good at once, so the last one stays good until its successor is there.
    const auto revoke = [&](const std::string& id) {
        desk.call("DELETE", "/api/keys/" + tools::escaped(id));
    };
    while (good.size() > 1) {
        revoke(good.back().id);
        good.pop_back();
    }
    const json made = desk.call("POST", "/api/keys",
                                {{"name", "partner " + wish.name},
                                 {"scopes", {"read", "trade", "cargo", "inventory"}},
                                 {"partner", wish.name}})
                          .body;
    access.api_key = made.value("key", "");
    access.api_key_expires_at = made.value("expiresAt", "");
    for (const GoodKey& key : good)
        revoke(key.id);
}

void print_access(Desk& desk, const PartnerAccess& access) {
    desk.print_text(desk.environment().json ? access_json(access).dump(2) + '\n'
                                            : access_text(access));
}

/// The key comes last, when the broker has done its part. A secret that was made is shown even when
/// what follows fails: nobody can ask for it again.
int provide(Desk& desk, const Wish& wish, bool enable) {
    const messaging::BrokerUrl broker = broker_of(desk.environment());
    BrokerAccount account(desk.environment().management_url, broker.vhost);
    account.has_user(wish.name);  // a broker out of reach is found out before anything is made
    const json row = enable ? enabled_row(desk, wish) : provide_row(desk, wish);
    PartnerAccess access{.name = wish.name,
                         .stations = row.at("stations").get<std::vector<std::string>>(),
                         .broker = broker,
                         .api_url = desk.environment().url};
    try {
        account.provide(wish.name, wish.rotate, access.password);
        provide_key(desk, wish, access);
    } catch (...) {
        access.is_whole = false;
        if (!access.password.empty() || !access.api_key.empty()) print_access(desk, access);
        throw;
    }
    print_access(desk, access);
    return 0;
}

int set_stations(Desk& desk, const Wish& wish) {
    const json there = desk.get(path_of(wish.name));
    desk.print(put_row(desk, wish.name, wish.stations, there.value("disabled", false)),
               partner_fields());
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
    const json now = put_row(desk, name, there.at("stations"), true);
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

void add_verb_set(Noun& partner) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = partner.verb("set", "Changes which stations it acts for.");
    verb.word("name", wish->name, "Its name.");
    verb.list("--station", wish->stations, "Instead of those it has; repeatable.").required();
    verb.runs([wish](Desk& desk) { return set_stations(desk, *wish); });
}

void add_verb_enable(Noun& partner) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = partner.verb("enable",
                             "Lets it in again, with a new password; its API keys are good again.");
    verb.word("name", wish->name, "Its name.");
    verb.flag("--rotate", wish->rotate, "A new API key, too, instead of those it had.");
    verb.runs([wish](Desk& desk) { return provide(desk, *wish, true); });
}

}  // namespace

void add_partner(Tree& tree) {
    Noun partner = tree.noun("partner", "Other companies' systems.");
    add_verb_add(partner);
    add_verb_set(partner);
    partner.verb("list", "Shows all of them.").runs(list);
    const auto shown = std::make_shared<std::string>();
    partner.verb("show", "Shows one.").word("name", *shown, "Its name.").runs([shown](Desk& desk) {
        return show(desk, *shown);
    });
    const auto gone = std::make_shared<std::string>();
    partner.verb("disable", "Locks it out.")
        .word("name", *gone, "Its name.")
        .runs([gone](Desk& desk) { return disable(desk, *gone); });
    add_verb_enable(partner);
}

}  // namespace itn::ctl
