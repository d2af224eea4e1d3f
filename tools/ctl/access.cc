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

/// Of a person, of a partner, or of either with the key that speaks for them.
int whoami(Desk& desk) {
    std::vector<Column> fields = {{"partner", "/principal"}};
    fields.insert(fields.end(), user_fields().begin(), user_fields().end());
    fields.insert(
        fields.end(),
        {{"API key", "/key/keyId"}, {"scopes", "/key/scopes"}, {"key ends", "/key/expiresAt"}});
    desk.print(desk.get("/api/users/me"), fields);
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
