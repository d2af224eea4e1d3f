#pragma once

// What a partner's system sends to its command queue: a JSON array of envelopes, also when there is
// one.
//
//   [{"id":"…","kind":"trade.create","body":{…},"subject"?,"issuedAt"?,"expectedVersion"?,
//     "traceparent"?,"principal"?,"replyTo"?}]
//
//   kind                               subject              body
//   trade.create                                            as POST /api/trades
//   trade.cancel                       transactionId        {reason?}
//   trade.collect                      transactionId        {}
//   cargo.create, inventory.transfer                        as POST /api/cargo
//   cargo.load, cargo.unload           shipmentId           {transactionId}
//   cargo.depart|delay|resume|locate|  shipmentId           {location?, eta?, note?}
//         deliver|lose|cancel
//   inventory.adjust                   station or           {productId, delta, reason, note?}
//                                      station/product
//
// Bodies are read by the same code as REST's (wish.h), so the same wish has the same hash and the
// same derived ids through both doors. expectedVersion may stand in the envelope or, where REST has
// it, in the body. Every fault has its JSON pointer into the message ("/3/body/items/0/quantity").

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/wire/wish.h"

namespace itn::wire {

struct PartnerCommand {
    Wish wish{};  // with its id; issued_at when it was said
    std::optional<Timestamp> issued_at{};
    std::string principal{};    // "" when it was not said
    std::string traceparent{};  // likewise
};

/// One element. What answers it is known as far as it could be read.
struct PartnerElement {
    std::string id{};
    std::string reply_to{};
    Result<PartnerCommand> command;
};

/// Never throws. A Problem is about the whole: no JSON, no array, empty or beyond
/// limits::max_partner_message bytes or limits::max_partner_batch elements. A bad element costs its
/// neighbours nothing.
Result<std::vector<PartnerElement>> parse_partner_message(std::string_view body);

/// A Problem with pointers into a wish's body, as stamping finds it, as one about the element that
/// the body stands in.
Problem at_element(Problem problem, std::size_t index);

}  // namespace itn::wire
