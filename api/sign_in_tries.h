#pragma once

// Wrong passwords, counted by account and address in the database, so that all doors count
// together. Each try counts as a failure from before its password is looked at until it turns out
// to be right: however many come at once, no more than the limit are looked at.

#include <string>
#include <string_view>

#include "api/call.h"
#include "common/storage/accounts.h"

namespace itn::api {

class SignInTries final {
public:
    /// Of this account, whether it exists or not, from this address or its neighbours (network_of).
    SignInTries(storage::Accounts& accounts, std::string_view email, const std::string& peer);

    /// False when there were too many lately: look at no password then.
    bool begin(Timestamp now);
    /// The password was right: all is forgotten.
    void succeed();

private:
    storage::Accounts& accounts_;
    const std::string who_;
};

/// 429, with the time after which it helps to come again.
void answer_too_many_tries(Call& call);

}  // namespace itn::api
