#pragma once

// /api/auth: how people come in and go. An unknown address, a wrong password and a disabled account
// are one answer after one time; who guesses too often waits, also with the right password then.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// A new account, always a trader without stations.
void register_account(const Room& room, CallPtr call);
void sign_in(const Room& room, CallPtr call);
/// The next pair of tokens. A refresh token that comes twice ends its whole session.
void refresh_session(const Room& room, CallPtr call);
/// Ends the session of the caller's refresh token; one that is not good is no problem.
void sign_out(const Room& room, CallPtr call);
/// PUT /api/users/me/password: ends all sessions and tokens of the account.
void change_own_password(const Room& room, CallPtr call);

}  // namespace itn::api
