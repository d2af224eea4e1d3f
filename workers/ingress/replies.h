#pragma once

// What a partner hears of commands that got no further than the door. The workers answer the
// others.
//
//   [{"id":"k1","outcome":"rejected","code":"out_of_range","detail":"…",
//     "pointer":"/0/body/items/0/quantity","errors":[{"pointer":"…","detail":"…"}],"subject"?,
//     "messageId"?}]
//
// `errors` has all faults when there are several. A message that could not be taken apart is
// answered by one element without an id; `messageId` is its AMQP property.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace itn::workers::ingress {

struct Refusal {
    std::string reply_to{};  // "": nobody can be told
    std::string id{};        // "" when it could not be read
    std::string message_id{};
    std::string subject{};
    Problem problem{};
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// One element of a reply.
std::string render(const Refusal& refusal);
/// The bodies of the messages that tell them, by reply queue; each within limits::max_message.
std::multimap<std::string, std::string> reply_messages(const std::vector<Refusal>& refusals);

/// Where the partner wants its replies: what the envelope says, else what the message's property
/// says; "" when neither names a queue of the partner's own.
std::string reply_queue(std::string_view partner, std::string_view said, std::string_view property);
/// Whether it is one of the partner's own queues.
bool is_reply_queue(std::string_view partner, std::string_view queue);

}  // namespace itn::workers::ingress
