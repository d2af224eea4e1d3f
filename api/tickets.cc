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

}  // namespace

void create_ticket(const Room& room, CallPtr call) {
    room.reads.run_write(call, [&room, call](storage::Reader& reader) {
        const auto ticket = identity::base62(identity::random_256());
        storage::Accounts(reader).keep_ticket(
            identity::sha256(ticket),
            {.principal = call->caller().principal, .session = call->visitor().session},
            room.clock.now() + limits::ticket_life);
        answer_unkept(*call, 201, render_ticket(ticket));
    });
}

}  // namespace itn::api
