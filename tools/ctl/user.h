#pragma once

// Accounts of people.

#include <string>
#include <vector>

#include "tools/ctl/table.h"

namespace itn::ctl {

struct Environment;

const std::vector<Column>& user_fields();

struct NewUser {
    std::string name{};
    std::string email{};
    std::string role = "trader";
    std::vector<std::string> stations{};
    std::string password_file{};
    bool if_missing = false;
};

/// Writes an account straight into the database, with a line in the audit trail: for the first
/// admin, when there is nobody yet who could allow it. What the API refuses in names, addresses and
/// passwords is refused here too. The account as JSON text; "" when somebody has the e-mail
/// address. Throws Trouble.
std::string add_user_directly(const Environment& environment, const NewUser& user,
                              const std::string& password);

}  // namespace itn::ctl
