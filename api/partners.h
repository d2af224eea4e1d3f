#pragma once

// /api/partners: other companies' systems and the stations they act for, for admins. Here are the
// rows alone; a partner's user, queues and permissions at the broker are made where the broker is
// administered.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void create_partner(const Room& room, CallPtr call);
void list_partners(const Room& room, CallPtr call);
void show_partner(const Room& room, CallPtr call);
void replace_partner(const Room& room, CallPtr call);

}  // namespace itn::api
