#pragma once

// What becomes of one message of a partner, before anything is sent: each command of it is either
// stamped or refused. Without input and output.
//
// A command is asked, in this order: is the message one that only the partner can have sent, can
// its element be read, are its replies the partner's own, does it speak for the partner alone, may
// the partner (rights), does the catalogue know what it names (stamp). Whether its id came before,
// with this wish or another, the worker knows.

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/gateway/catalogue.h"
#include "common/gateway/stamp.h"
#include "common/messaging/broker.h"
#include "common/storage/accounts.h"
#include "common/wire/partner_message.h"
#include "workers/ingress/replies.h"

namespace itn::workers::ingress {

using Parsed = Result<std::vector<wire::PartnerElement>>;

struct Knowledge {
    const storage::Partner& partner;
    const gateway::Catalogue& catalogue;
    Timestamp now{};
    std::uint16_t shards = 0;
};

struct Judged {
    std::vector<gateway::Stamped> commands{};
    std::vector<Refusal> refusals{};
};

/// What is wrong with the message around its body: another's key, no user-id or another's, headers
/// beyond those that everybody needs (CC, BCC, content-encoding, expiration, ...), another content
/// type, too many bytes. Problem "envelope".
std::optional<Problem> envelope_fault(const messaging::Delivery& delivery,
                                      std::string_view partner);

Judged judge(const messaging::Delivery& delivery, Parsed parsed, const Knowledge& knowledge);

}  // namespace itn::workers::ingress
