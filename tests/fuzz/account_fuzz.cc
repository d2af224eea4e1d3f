// Bodies of the account routes.

#include "common/wire/account.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(account, bytes) {
    using namespace itn;
    const auto told = [](const auto& wish) {
        fuzz::must(wish.ok() || !wish.problem().slug.empty());
    };
    told(wire::parse_register_wish(bytes));
    told(wire::parse_login_wish(bytes));
    told(wire::parse_refresh_wish(bytes));
    told(wire::parse_password_wish(bytes));
    told(wire::parse_role_wish(bytes));
    told(wire::parse_status_wish(bytes));
    told(wire::parse_key_wish(bytes));
    told(wire::parse_partner_wish(bytes, std::nullopt));
    if (const auto account = wire::parse_account(bytes))
        fuzz::must(wire::parse_account(wire::render(*account)).ok());
}
