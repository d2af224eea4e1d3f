#pragma once

// Accounts of people.

#include <string>
#include <vector>

#include "tools/ctl/table.h"

namespace itn::ctl {

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
/// admin, when there is nobody yet who could allow it. The account as JSON text; "" when somebody
/// has the e-mail address. Throws Trouble.
std::string add_user_directly(const std::string& database_url, const NewUser& user,
                              const std::string& password);

}  // namespace itn::ctl
