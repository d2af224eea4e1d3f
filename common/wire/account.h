#pragma once

// People, keys and partners as JSON: what clients send to the account routes, and how accounts,
// keys and partners look in answers and in the bodies of user.registered and user.updated. No
// secret has a renderer here but the one of a key that was just made.
//
//   account   {"userId","name","email","role","stations":[…],"disabled","version","createdAt",
//              "updatedAt"}
//   key       {"keyId","name","principal","scopes":[…],"createdAt","expiresAt","revoked"}
//   partner   {"name","stations":[…],"disabled","version","createdAt"}
//
// A machine that asks who it is hears of its owner and of what it showed:
//
//   of a person    the account and "key":{"keyId","scopes":[…],"expiresAt"}
//   of a partner   the partner with "principal" and "role", and the same "key"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/id.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/identity/permissions.h"

namespace itn::wire {

struct Account {
    std::string id{};  // UUIDv7; the principal is "user:<id>"
    std::string name{};
    std::string email{};
    identity::Role role = identity::Role::trader;
    std::vector<StationId> stations{};  // sorted
    bool disabled = false;
    std::int64_t version = 1;
    Timestamp created_at{};
    Timestamp changed_at{};
    Principal principal() const { return Principal("user:" + id); }
    friend bool operator==(const Account&, const Account&) = default;
};

struct Partner {
    std::string name{};                 // is_partner_name; the principal is "partner:<name>"
    std::vector<StationId> stations{};  // sorted
    bool disabled = false;
    std::int64_t version = 1;
    Timestamp created_at{};
    Principal principal() const { return Principal("partner:" + name); }
    friend bool operator==(const Partner&, const Partner&) = default;
};

/// A key as its owner sees it.
struct ApiKey {
    std::string id{};
    std::string name{};
    Principal principal{};
    identity::Scopes scopes{};
    Timestamp created_at{};
    Timestamp expires_at{};
    bool revoked = false;
    friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// What a machine shows: an API key, or the token that the key was exchanged for, with the scopes
/// and the end of that token then.
struct ShownKey {
    std::string id{};
    identity::Scopes scopes{};
    Timestamp expires_at{};
};

std::string render(const Account& account);
std::string render(const Partner& partner);
std::string render(const ApiKey& key);
/// The owner as the machine is told of it.
std::string render_own(const Account& account, const ShownKey& key);
std::string render_own(const Partner& partner, const ShownKey& key);
/// With its one showing: {…,"key":"itn_…"}.
std::string render_fresh(const ApiKey& key, std::string_view secret);

/// What the body of an account event tells of its account; Problem "invalid_request" else.
Result<Account> parse_account(std::string_view json);

struct RegisterWish {
    std::string name{};
    std::string email{};
    std::string password{};
};
struct LoginWish {
    std::string email{};
    std::string password{};
};
struct PasswordWish {
    std::string current{};
    std::string fresh{};
};
struct RoleWish {
    identity::Role role = identity::Role::trader;
    std::vector<StationId> stations{};  // sorted, each once
    std::int64_t version = 0;           // 0: whatever it is
};
struct KeyWish {
    std::string name{};
    identity::Scopes scopes{};  // of machine_scopes, one at least
    std::optional<Timestamp> expires_at{};
    std::string partner{};  // "": the caller's own key
};
struct PartnerWish {
    std::string name{};
    std::vector<StationId> stations{};  // sorted, each once
    bool disabled = false;
};

/// Strict like all wishes (wish.h): whatever a body says beyond its schema is a fault that names
/// the field, so nobody registers with a role. Passwords are taken as they are; what makes a good
/// one judges identity::password_problem.
Result<RegisterWish> parse_register_wish(std::string_view body);
Result<LoginWish> parse_login_wish(std::string_view body);
/// The token of {"refreshToken"}.
Result<std::string> parse_refresh_wish(std::string_view body);
Result<PasswordWish> parse_password_wish(std::string_view body);
Result<RoleWish> parse_role_wish(std::string_view body);
/// The value of {"disabled"}.
Result<bool> parse_status_wish(std::string_view body);
Result<KeyWish> parse_key_wish(std::string_view body);
/// `name` is the one of the path, if it has one; the body may repeat it.
Result<PartnerWish> parse_partner_wish(std::string_view body, std::optional<std::string_view> name);

/// Visible ASCII, at most limits::max_email bytes, one @ with something before it and a domain
/// behind.
bool is_email(std::string_view text);
/// [a-z0-9]{3,32}: it is the name of a broker user too, and stands in names of queues. Names that
/// the network itself goes by there ("api", "ingress", "guest", ...) are none.
bool is_partner_name(std::string_view text);

}  // namespace itn::wire
