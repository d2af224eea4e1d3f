#pragma once

// /api/keys: API keys for machines. A key is shown when it is made and never again; it has scopes,
// an end, and the principal of its owner. Only people make keys, and admins those of partners.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void create_key(const Room& room, CallPtr call);
/// The caller's own; with ?partner=NAME those of a partner, for whoever may see them.
void list_keys(const Room& room, CallPtr call);
void revoke_key(const Room& room, CallPtr call);

}  // namespace itn::api
