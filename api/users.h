#pragma once

// /api/users: accounts, and what admins change in them. Each change counts the account's version
// up, and with that all tokens given before are dead.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void show_own_account(const Room& room, CallPtr call);
void list_accounts(const Room& room, CallPtr call);
void show_account(const Room& room, CallPtr call);
void change_role(const Room& room, CallPtr call);
void change_account_status(const Room& room, CallPtr call);

}  // namespace itn::api
