// The first account, which no API can allow.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "common/identity/password.h"
#include "common/runtime/clock.h"
#include "common/runtime/uuid.h"
#include "common/storage/accounts.h"
#include "tools/ctl/exit_codes.h"
#include "tools/ctl/user.h"

namespace itn::ctl {

namespace {

storage::Account account_of(const NewUser& user, Timestamp now) {
    storage::Account account{.id = runtime::uuid_v7(),
                             .name = user.name,
                             .email = user.email,
                             .created_at = now,
                             .changed_at = now};
    const auto role = identity::role_from(user.role);
    if (!role) throw Trouble(Exit::usage, "no such role: " + user.role);
    account.role = *role;
    for (const std::string& station : user.stations)
        account.stations.emplace_back(station);
    std::sort(account.stations.begin(), account.stations.end());
    return account;
}

void check(const NewUser& user, const std::string& password) {
    if (user.email.find('@') == user.email.npos || user.name.empty())
        throw Trouble(Exit::usage, "an account needs a name and an e-mail address");
    if (const auto problem = identity::password_problem(password, user.email))
        throw Trouble(Exit::refused, "the password " + problem->detail);
}

}  // namespace

std::string add_user_directly(const std::string& database_url, const NewUser& user,
                              const std::string& password) {
    check(user, password);
    const Timestamp now = runtime::SystemClock().now();
    const storage::Account account = account_of(user, now);
    storage::Accounts accounts(database_url, "itnctl");
    if (accounts.by_email(user.email)) return "";
    const auto written =
        accounts.register_account(account, identity::hash_password(password),
                                  {.caused_by = runtime::uuid_v7(), .traceparent = "", .at = now});
    if (written == storage::Changed::exists) return "";
    if (written != storage::Changed::done)
        throw Trouble(Exit::refused, "one of the stations does not exist");
    return nlohmann::json{{"userId", account.id},      {"name", account.name},
                          {"email", account.email},    {"role", user.role},
                          {"stations", user.stations}, {"disabled", false},
                          {"version", account.version}}
        .dump();
}

}  // namespace itn::ctl
