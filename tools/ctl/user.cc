// itnctl user add, list, role, disable, enable

#include "tools/ctl/user.h"

#include <algorithm>
#include <cctype>

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl {

namespace {

struct Change {
    std::string who{};
    std::string role{};
    std::vector<std::string> stations{};
    std::optional<std::int64_t> version{};
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The account's id, of an id or an e-mail address.
std::string id_of(Desk& desk, const std::string& who) {
    if (who.find('@') == who.npos) return who;
    const json users = desk.list("/api/users", "", 0);
    for (const json& user : users["data"])
        if (lower(user.value("email", "")) == lower(who)) return user.value("userId", "");
    throw Trouble(Exit::not_found, "nobody has the e-mail address " + who);
}

std::string path_of(Desk& desk, const std::string& who, const std::string& what) {
    return "/api/users/" + tools::escaped(id_of(desk, who)) + what;
}

int there_already(Desk& desk, const NewUser& user) {
    if (!user.if_missing) throw Trouble(Exit::refused, user.email + " has an account already");
    desk.remark(user.email + " has an account already");
    return 0;
}

int print_user(Desk& desk, const json& user) {
    desk.print(user, user_fields());
    return 0;
}

int add_first(Desk& desk, const NewUser& user, const std::string& password) {
    const std::string made = add_user_directly(desk.environment(), user, password);
    return made.empty() ? there_already(desk, user) : print_user(desk, json::parse(made));
}

int add(Desk& desk, const NewUser& user) {
    const bool is_direct = !desk.environment().database_url.empty() && !desk.is_signed_in();
    const std::string password = read_password(user.password_file, "Password of the account", true);
    if (is_direct) return add_first(desk, user, password);
    const auto made =
        desk.ask("POST", "/api/auth/register",
                 {{"name", user.name}, {"email", user.email}, {"password", password}});
    if (made.status == 409) return there_already(desk, user);
    if (!made.is_success()) throw trouble_of(made);
    if (user.role == "trader" && user.stations.empty()) return print_user(desk, made.body);
    const std::string path =
        "/api/users/" + tools::escaped(made.body.value("userId", "")) + "/role";
    return print_user(
        desk, desk.call("PUT", path, {{"role", user.role}, {"stations", user.stations}}).body);
}

int list(Desk& desk, std::size_t limit) {
    desk.print_list(desk.list("/api/users", "", limit), {{"USER", "/userId"},
                                                         {"NAME", "/name"},
                                                         {"EMAIL", "/email"},
                                                         {"ROLE", "/role"},
                                                         {"STATIONS", "/stations"},
                                                         {"DISABLED", "/disabled"}});
    return 0;
}

int change_role(Desk& desk, const Change& change) {
    json body = {{"role", change.role}, {"stations", change.stations}};
    if (change.version) body["version"] = *change.version;
    return print_user(desk, desk.call("PUT", path_of(desk, change.who, "/role"), body).body);
}

int set_disabled(Desk& desk, const std::string& who, bool disabled) {
    return print_user(
        desk, desk.call("PUT", path_of(desk, who, "/status"), {{"disabled", disabled}}).body);
}

void add_verb_add(Noun& user) {
    const auto given = std::make_shared<NewUser>();
    Verb verb = user.verb("add", "Makes an account; the first one straight in the database.");
    verb.text("--email", given->email, "What the person signs in with.").required();
    verb.text("--name", given->name, "What the person is called.").required();
    verb.text("--role", given->role, "What the person may.")
        .choices({"admin", "operator", "trader", "auditor"});
    verb.list("--station", given->stations, "A station the person acts for; repeatable.");
    verb.text("--password-file", given->password_file, "A file with the password; - is stdin.");
    verb.flag("--if-missing", given->if_missing, "Done, too, when the account exists.");
    verb.runs([given](Desk& desk) { return add(desk, *given); });
}

void add_verb_role(Noun& user) {
    const auto given = std::make_shared<Change>();
    Verb verb = user.verb("role", "Changes what a person may, and for which stations.");
    verb.word("user", given->who, "Id or e-mail address.");
    verb.word("role", given->role, "The new role.")
        .choices({"admin", "operator", "trader", "auditor"});
    verb.list("--station", given->stations, "A station the person acts for; repeatable.");
    verb.number("--version", given->version, "Only when the account is of this version.");
    verb.runs([given](Desk& desk) { return change_role(desk, *given); });
}

}  // namespace

const std::vector<Column>& user_fields() {
    static const std::vector<Column> fields = {
        {"user", "/userId"},     {"name", "/name"},         {"e-mail", "/email"},
        {"role", "/role"},       {"stations", "/stations"}, {"disabled", "/disabled"},
        {"version", "/version"}, {"created", "/createdAt"}};
    return fields;
}

void add_user(Tree& tree) {
    Noun user = tree.noun("user", "People's accounts.");
    add_verb_add(user);
    add_verb_role(user);
    const auto limit = std::make_shared<std::optional<std::int64_t>>();
    user.verb("list", "Shows the accounts.")
        .number("--limit", *limit, "At most so many; 0 for all.")
        .runs([limit](Desk& desk) { return list(desk, rows_wanted(*limit)); });
    for (const bool disabled : {true, false}) {
        const auto who = std::make_shared<std::string>();
        Verb verb = user.verb(disabled ? "disable" : "enable",
                              disabled ? "Locks a person out." : "Lets a person in again.");
        verb.word("user", *who, "Id or e-mail address.");
        verb.runs([who, disabled](Desk& desk) { return set_disabled(desk, *who, disabled); });
    }
}

}  // namespace itn::ctl
