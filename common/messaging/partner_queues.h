#pragma once

// The exchange and the two queues of a partner. It publishes commands to itn.partner.<p> with the
// key "<p>.commands"; they wait in itn.partner.<p>.commands, which refuses what is beyond its
// bounds, so a flood stays with whoever makes it. Nothing else is bound to that exchange and nobody
// else publishes there: copies (CC, BCC) and dead letters get no further than the partner's own
// queue. What its stations are party to waits in itn.partner.<p>.events, which forgets the oldest:
// a partner that reads too late fills the gap over REST. Replies go to queues of the partner's own,
// itn.reply.<p>.<anything>.
//
// A partner's name is a wire::is_partner_name() (wire/account.h).
// All three are made with the partner and stay until somebody deletes them by hand.

#include <optional>
#include <string>
#include <string_view>

#include "common/messaging/topology.h"

namespace itn::messaging {

/// "itn.partner.<p>". A topic exchange: at these alone the broker also looks at who may use which
/// routing key, so a wrong key is refused instead of dropped.
std::string partner_exchange(std::string_view partner);
/// "itn.partner.<p>.commands", to be bound under the key "<p>.commands".
std::string partner_command_queue(std::string_view partner);
std::string partner_command_key(std::string_view partner);
/// The partner of a command queue; nullopt for any other queue.
std::optional<std::string_view> partner_of_command_queue(std::string_view queue);
/// "itn.partner.<p>.events"; published to by its name, through the default exchange.
std::string partner_event_queue(std::string_view partner);
/// "itn.reply.<p>.": how the name of every queue begins that its replies may go to.
std::string partner_reply_prefix(std::string_view partner);

/// The exchange, both queues and the binding.
Topology partner_topology(std::string_view partner);

}  // namespace itn::messaging
