#include "common/wire/account.h"

#include <algorithm>
#include <array>

#include "common/base/limits.h"
#include "common/wire/ids.h"
#include "common/wire/parts.h"
#include "common/wire/wish_fields.h"

namespace itn::wire {

namespace {

constexpr std::string_view email_rule = "must be an e-mail address";
constexpr std::string_view partner_rule = "must be 3 to 32 of a-z and 0-9";
constexpr std::string_view taken_rule = "is a name the network uses itself";

bool is_taken(std::string_view name) {
    // Users of the broker, and components whose queues are named as a partner's would be.
    static constexpr std::array<std::string_view, 11> taken = {
        "admin", "api",     "cargo",    "guest",  "ingress", "inventory",
        "itn",   "migrate", "notifier", "system", "trade"};
    return std::ranges::find(taken, name) != taken.end();
}

/// What is wrong with a name that is no partner's.
std::string_view rule_for(std::string_view name) {
    return is_taken(name) ? taken_rule : partner_rule;
}

std::optional<std::string_view> read_partner_if(Fields& fields, std::string_view key) {
    const JsonNode* const node = fields.find(key);
    const bool is_text = node != nullptr && node->type == JsonType::string;
    return fields.word_if(key, is_partner_name, rule_for(is_text ? node->text : ""));
}

std::string read_email(Fields& fields) {
    return std::string(fields.word("email", is_email, email_rule));
}

/// Whether the code point, of which `text` begins with the UTF-8, changes how what stands around it
/// is shown, though prose may have it: line end, tab, C1, U+202A..202E and U+2066..2069.
bool hides(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    if (byte(0) == '\n' || byte(0) == '\t') return true;
    if (byte(0) == 0xc2) return byte(1) < 0xa0;
    if (byte(0) != 0xe2) return false;
    return (byte(1) == 0x80 && byte(2) >= 0xaa && byte(2) <= 0xae) ||
           (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9);
}

/// Names stand in lists beside others': none pretends to be another line or another person.
std::string read_person_name(Fields& fields) {
    std::string name = read_prose(fields, "name", limits::max_name);
    for (std::size_t i = 0; i < name.size(); ++i)
        if (hides(std::string_view(name).substr(i))) {
            fields.schema("name", "has control characters");
            break;
        }
    return name;
}

std::string read_password(Fields& fields, std::string_view key) {
    return fields.text(key, limits::max_password);
}

identity::Role read_role(Fields& fields) {
    return fields.name_of("role", identity::role_from,
                          "must be auditor, trader, operator or admin");
}

/// Sorted; one that is named twice is a fault.
std::vector<StationId> read_stations(Fields& fields) {
    std::vector<StationId> stations;
    const auto read = [&](const JsonNode& node, const JsonPlace& place) {
        if (node.type != JsonType::string || !is_slug(node.text)) {
            fields.faults().schema(place, std::string(slug_rule));
            return;
        }
        StationId station{std::string(node.text)};
        if (std::ranges::find(stations, station) != stations.end())
            fields.faults().schema(place, "is named twice");
        stations.push_back(std::move(station));
    };
    fields.each("stations", fields.need("stations"),
                Range{.from = 0, .to = limits::max_account_stations}, read);
    std::ranges::sort(stations);
    return stations;
}

identity::Scopes read_scopes(Fields& fields) {
    identity::Scopes scopes;
    const auto read = [&](const JsonNode& node, const JsonPlace& place) {
        const auto scope = node.type == JsonType::string ? identity::scope_from(node.text)
                                                         : std::optional<identity::Scope>();
        if (!scope || !identity::machine_scopes.contains(*scope))
            fields.faults().schema(place, "must be one of " + names(identity::machine_scopes));
        if (scope) scopes.insert(*scope);
    };
    fields.each("scopes", fields.need("scopes"), Range{.from = 1, .to = limits::max_key_scopes},
                read);
    return scopes;
}

void append_stations(JsonObject& object, const std::vector<StationId>& stations) {
    object.array("stations", stations,
                 [](std::string& text, const StationId& id) { append_text(text, id.text()); });
}

void append_scopes(JsonObject& object, identity::Scopes scopes) {
    std::vector<std::string_view> all;
    scopes.each([&](identity::Scope scope) { all.push_back(name(scope)); });
    object.array("scopes", all,
                 [](std::string& text, std::string_view scope) { append_text(text, scope); });
}

void append_fields(JsonObject& object, const Account& account) {
    object.text("userId", account.id);
    object.text("name", account.name);
    object.text("email", account.email);
    object.text("role", name(account.role));
    append_stations(object, account.stations);
    object.flag("disabled", account.disabled);
    object.number("version", account.version);
    object.time("createdAt", account.created_at);
    object.time("updatedAt", account.changed_at);
}

/// All but the name.
void append_fields(JsonObject& object, const Partner& partner) {
    append_stations(object, partner.stations);
    object.flag("disabled", partner.disabled);
    object.number("version", partner.version);
    object.time("createdAt", partner.created_at);
}

std::string render(const ShownKey& key) {
    std::string out;
    JsonObject object(out);
    object.text("keyId", key.id);
    append_scopes(object, key.scopes);
    object.time("expiresAt", key.expires_at);
    object.close();
    return out;
}

void append_key(std::string& out, const ApiKey& key, std::string_view secret) {
    JsonObject object(out);
    object.text("keyId", key.id);
    object.text("name", key.name);
    object.text("principal", key.principal.text());
    append_scopes(object, key.scopes);
    object.time("createdAt", key.created_at);
    object.time("expiresAt", key.expires_at);
    object.flag("revoked", key.revoked);
    object.text_if("key", secret);
    object.close();
}

}  // namespace

std::string render(const Account& account) {
    std::string out;
    JsonObject object(out);
    append_fields(object, account);
    object.close();
    return out;
}

std::string render(const Partner& partner) {
    std::string out;
    JsonObject object(out);
    object.text("name", partner.name);
    append_fields(object, partner);
    object.close();
    return out;
}

std::string render_own(const Account& account, const ShownKey& key) {
    std::string out;
    JsonObject object(out);
    append_fields(object, account);
    object.json("key", render(key));
    object.close();
    return out;
}

std::string render_own(const Partner& partner, const ShownKey& key) {
    std::string out;
    JsonObject object(out);
    object.text("principal", partner.principal().text());
    object.text("name", partner.name);
    object.text("role", name(identity::Role::partner));
    append_fields(object, partner);
    object.json("key", render(key));
    object.close();
    return out;
}

std::string render(const ApiKey& key) {
    std::string out;
    append_key(out, key, {});
    return out;
}

std::string render_fresh(const ApiKey& key, std::string_view secret) {
    std::string out;
    append_key(out, key, secret);
    return out;
}

Result<Account> parse_account(std::string_view json) {
    return parse_object<Account>(json, [](Fields& fields) {
        Account account;
        account.id = std::string(fields.word("userId", is_uuid, "must be a UUID"));
        account.name = read_prose(fields, "name", limits::max_name);
        account.email = read_email(fields);
        account.role = read_role(fields);
        account.stations = read_stations(fields);
        account.disabled = fields.flag("disabled");
        account.version = fields.integer("version", version_range);
        account.created_at = fields.time("createdAt");
        account.changed_at = fields.time("updatedAt");
        return account;
    });
}

Result<RegisterWish> parse_register_wish(std::string_view body) {
    return parse_object<RegisterWish>(body, [](Fields& fields) {
        return RegisterWish{.name = read_person_name(fields),
                            .email = read_email(fields),
                            .password = read_password(fields, "password")};
    });
}

Result<LoginWish> parse_login_wish(std::string_view body) {
    return parse_object<LoginWish>(body, [](Fields& fields) {
        return LoginWish{.email = read_email(fields),
                         .password = read_password(fields, "password")};
    });
}

Result<std::string> parse_refresh_wish(std::string_view body) {
    return parse_object<std::string>(
        body, [](Fields& fields) { return fields.text("refreshToken", limits::max_token); });
}

Result<PasswordWish> parse_password_wish(std::string_view body) {
    return parse_object<PasswordWish>(body, [](Fields& fields) {
        return PasswordWish{.current = read_password(fields, "currentPassword"),
                            .fresh = read_password(fields, "newPassword")};
    });
}

Result<RoleWish> parse_role_wish(std::string_view body) {
    return parse_object<RoleWish>(body, [](Fields& fields) {
        return RoleWish{.role = read_role(fields),
                        .stations = read_stations(fields),
                        .version = fields.integer_if("version", Range{.from = 1}).value_or(0)};
    });
}

Result<bool> parse_status_wish(std::string_view body) {
    return parse_object<bool>(body, [](Fields& fields) { return fields.flag("disabled"); });
}

Result<KeyWish> parse_key_wish(std::string_view body) {
    return parse_object<KeyWish>(body, [](Fields& fields) {
        KeyWish wish{.name = read_prose(fields, "name", limits::max_name),
                     .scopes = read_scopes(fields),
                     .expires_at = fields.time_if("expiresAt")};
        wish.partner = read_partner_if(fields, "partner").value_or("");
        return wish;
    });
}

Result<PartnerWish> parse_partner_wish(std::string_view body,
                                       std::optional<std::string_view> name) {
    if (name && !is_partner_name(*name)) return bad_path("the partner", rule_for(*name));
    return parse_object<PartnerWish>(body, [&](Fields& fields) {
        if (!name) fields.need("name");
        const auto said = read_partner_if(fields, "name");
        if (name && said && *said != *name) fields.schema("name", "contradicts the path");
        PartnerWish wish{.name = std::string(name.value_or(said.value_or(""))),
                         .stations = read_stations(fields)};
        wish.disabled = fields.find("disabled") != nullptr && fields.flag("disabled");
        return wish;
    });
}

bool is_email(std::string_view text) {
    if (text.empty() || text.size() > limits::max_email) return false;
    if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; })) return false;
    const auto at = text.find('@');
    return at != 0 && at != text.npos && at + 1 < text.size() &&
           text.find('@', at + 1) == text.npos;
}

bool is_partner_name(std::string_view text) {
    const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return text.size() >= limits::min_partner_name && text.size() <= limits::max_partner_name &&
           std::ranges::all_of(text, fits) && !is_taken(text);
}

}  // namespace itn::wire
