#include "api/tickets.h"

#include <chrono>

#include "api/account_answers.h"
#include "common/identity/digest.h"
#include "common/identity/secret_text.h"
#include "common/wire/json_text.h"

namespace itn::api {

namespace {

std::string render_ticket(const std::string& ticket) {
    std::string body;
    wire::JsonObject object(body);
    object.text("ticket", ticket);
    object.number("expiresIn", std::chrono::seconds(limits::ticket_life).count());
    object.close();
    return body;
}

/// People come back with a fresh token within their session; of a machine the key or its token says
/// how long it stays.
storage::Accounts::Ticket terms_of(const gateway::Visitor& visitor) {
    storage::Accounts::Ticket ticket{.principal = visitor.caller.principal,
                                     .session = visitor.session,
                                     .client = visitor.client};
    if (is_machine(visitor)) ticket.stays_until = visitor.expires_at;
    return ticket;
}

}  // namespace

void create_ticket(const Room& room, CallPtr call) {
    room.reads.run_write(call, [&room, call](storage::Reader& reader) {
        const auto ticket = identity::base62(identity::random_256());
        storage::Accounts(reader).keep_ticket(identity::sha256(ticket), terms_of(call->visitor()),
                                              room.clock.now() + limits::ticket_life);
        answer_unkept(*call, 201, render_ticket(ticket));
    });
}

}  // namespace itn::api
