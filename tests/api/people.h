#pragma once

// People of a played galaxy who have accounts and sign in, over REST as everybody does. Only the
// first admin is made in the database.

#include <optional>
#include <string>
#include <vector>

#include "common/storage/accounts.h"
#include "tests/api/played_galaxy.h"

namespace itn::api::tests {

inline constexpr const char* good_password = "correct horse battery";

class People final {
public:
    PlayedGalaxy& galaxy() { return galaxy_; }
    RoomWorld& world() { return galaxy_.world(); }
    /// As the database knows them.
    storage::Accounts& accounts() { return accounts_; }

    /// Registers <name>@galaxy.example; the id.
    std::string join(const std::string& name);
    HttpReply sign_in(const std::string& name, const std::string& password = good_password);
    /// The tokens of a fresh session.
    Json session(const std::string& name, const std::string& password = good_password);
    /// The header of a fresh session.
    Headers as(const std::string& name);
    /// The same of an admin who joins on the way.
    Headers as_admin(const std::string& name = "root");
    /// By an admin; what came back.
    HttpReply appoint(const std::string& id, const std::string& role,
                      const std::vector<std::string>& stations = {});

    HttpReply post(std::string_view target, const Json& body, const Headers& headers);
    HttpReply put(std::string_view target, const Json& body, const Headers& headers);
    HttpReply get(std::string_view target, const Headers& headers);
    HttpReply erase(std::string_view target, const Headers& headers);

    /// The first column of what the database finds.
    std::vector<std::string> texts(const std::string& sql);
    /// Lines of the audit trail with this event.
    std::size_t audited(const std::string& event);

private:
    PlayedGalaxy galaxy_;
    storage::Accounts accounts_{galaxy_.world().database_url(), "test"};
};

/// Nobody's.
Headers anonymous();
Headers bearer(const std::string& secret);
/// Without what differs from answer to answer: the trace.
std::string untraced(const HttpReply& reply);
/// Where the first fault of a problem points to, "" when it has none.
std::string pointer_of(const HttpReply& reply);

}  // namespace itn::api::tests
