#pragma once

// Passwords are kept as argon2id hashes in PHC strings ("$argon2id$v=19$m=19456,t=2,p=1$…$…")
// and are never cut, trimmed or folded. Hashing costs some 30 ms and 19 MiB: nothing here is
// called on a thread that serves anybody, HashPool (hash_pool.h) does it.

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace itn::identity {

/// A PHC string with a fresh salt. Any thread. Throws std::runtime_error without memory.
std::string hash_password(std::string_view password);

/// Without a stored hash (an unknown user) it does the same work for nothing and says no, so that
/// the answer's time tells nothing. False too for a stored text that is no argon2id hash of ours,
/// or asks for more than the limits allow. Any thread.
bool verify_password(const std::optional<std::string>& stored, std::string_view password);

/// True when `stored` was made with other costs than today's: hash the password again while it is
/// at hand.
bool needs_rehash(std::string_view stored);

/// What is wrong with a password that somebody chooses: too short (code points), too long (bytes),
/// not UTF-8, one of the commonest, or their own e-mail address. nullopt: it is fine.
std::optional<Problem> password_problem(std::string_view password, std::string_view email);

/// Among the commonest passwords of at least eight characters, whatever the case of its letters.
bool is_common_password(std::string_view password);

/// From now on the lines of this file are common too, but those that begin with '#'. Before there
/// are other threads. Throws std::runtime_error when it cannot be read or is larger than a list of
/// passwords would be.
void add_common_passwords(const std::string& file);

}  // namespace itn::identity
