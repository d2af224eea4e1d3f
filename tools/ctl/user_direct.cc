// The first account, which no API can allow, under the rules that the API has for all others.

#include "common/identity/password.h"
#include "common/identity/token_stations.h"
#include "common/runtime/clock.h"
#include "common/runtime/uuid.h"
#include "common/storage/accounts.h"
#include "common/wire/account.h"
#include "common/wire/json_text.h"
#include "tools/ctl/environment.h"
#include "tools/ctl/exit_codes.h"
#include "tools/ctl/user.h"

namespace itn::ctl {

namespace {

Trouble refusal(const Problem& problem) {
    std::string words = problem.detail;
    for (const Fault& fault : problem.faults)
        words += (words.empty() ? "" : "\n  ") + fault.pointer + ": " + fault.detail;
    return {Exit::refused, words};
}

template <class T>
T taken(Result<T> result) {
    if (!result) throw refusal(result.problem());
    return *std::move(result);
}

/// What somebody would send who registers.
wire::RegisterWish register_wish(const NewUser& user, const std::string& password) {
    std::string body;
    wire::JsonObject object(body);
    object.text("name", user.name);
    object.text("email", user.email);
    object.text("password", password);
    object.close();
    return taken(wire::parse_register_wish(body));
}

/// What an admin would send who gives that person a role.
wire::RoleWish role_wish(const NewUser& user) {
    std::string body;
    wire::JsonObject object(body);
    object.text("role", user.role);
    object.array("stations", user.stations, [](std::string& out, const std::string& station) {
        wire::append_text(out, station);
    });
    object.close();
    auto wish = taken(wire::parse_role_wish(body));
    // No network is asked here for its issuer and audience; these are the usual ones.
    if (const auto problem = identity::stations_problem("itn", "itn", wish.stations))
        throw refusal(*problem);
    return wish;
}

storage::Account account_of(const wire::RegisterWish& person, const wire::RoleWish& rights,
                            Timestamp now) {
    return {.id = runtime::uuid_v7(),
            .name = person.name,
            .email = person.email,
            .role = rights.role,
            .stations = rights.stations,
            .created_at = now,
            .changed_at = now};
}

void check_password(const Environment& environment, const wire::RegisterWish& person) {
    if (!environment.common_passwords.empty())
        identity::add_common_passwords(environment.common_passwords);
    if (const auto problem = identity::password_problem(person.password, person.email))
        throw refusal(*problem);
}

}  // namespace

std::string add_user_directly(const Environment& environment, const NewUser& user,
                              const std::string& password) {
    const wire::RegisterWish person = register_wish(user, password);
    const Timestamp now = runtime::SystemClock().now();
    const storage::Account account = account_of(person, role_wish(user), now);
    check_password(environment, person);
    storage::Accounts accounts(environment.database_url, "itnctl");
    if (accounts.by_email(account.email)) return "";
    const auto written =
        accounts.register_account(account, identity::hash_password(person.password),
                                  {.caused_by = runtime::uuid_v7(), .traceparent = "", .at = now});
    if (written == storage::Changed::exists) return "";
    if (written != storage::Changed::done)
        throw Trouble(Exit::refused, "one of the stations does not exist");
    return wire::render(account);
}

}  // namespace itn::ctl
