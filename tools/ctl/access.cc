// itnctl login, logout, whoami

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"
#include "tools/ctl/user.h"

namespace itn::ctl {

namespace {

struct Login {
    std::string email{};
    std::string password_file{};
};

int login(Desk& desk, const Login& given) {
    if (given.email.empty()) throw Trouble(Exit::usage, "whose session? itnctl login EMAIL");
    desk.sign_in(given.email, read_password(given.password_file, "Password", false));
    desk.remark("signed in at " + desk.environment().url);
    return 0;
}

int logout(Desk& desk) {
    desk.sign_out();
    desk.remark("signed out");
    return 0;
}

/// The id in itn_<id>_<secret>; all of a text that is none must stay unsaid.
std::string id_of_key(const std::string& key) {
    const auto begin = key.find('_');
    const auto end = begin == key.npos ? begin : key.find('_', begin + 1);
    return end == key.npos ? "" : key.substr(begin + 1, end - begin - 1);
}

/// A partner has no account: of its key the network says no more than that it is good.
int whoami(Desk& desk) {
    const auto response = desk.ask("GET", "/api/users/me");
    const std::string& key = desk.environment().api_key;
    if (response.status == 404 && !key.empty()) {
        desk.print({{"keyId", id_of_key(key)}, {"kind", "partner"}},
                   {{"API key", "/keyId"}, {"of a", "/kind"}});
        return 0;
    }
    if (!response.is_success()) throw trouble_of(response);
    desk.print(response.body, user_fields());
    return 0;
}

}  // namespace

void add_access(Tree& tree) {
    const auto given = std::make_shared<Login>();
    Verb verb = tree.verb("login", "Signs in and keeps the session.");
    verb.word_if("address", given->email, "Your e-mail address.");
    verb.text("--email", given->email, "The same.");
    verb.text("--password-file", given->password_file, "A file with the password; - is stdin.");
    verb.runs([given](Desk& desk) { return login(desk, *given); });
    tree.verb("logout", "Ends the session.").runs(logout);
    tree.verb("whoami", "Shows who is signed in.").runs(whoami);
}

}  // namespace itn::ctl
