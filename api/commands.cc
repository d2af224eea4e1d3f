#include "api/commands.h"

#include <string>
#include <utility>

#include "api/answers.h"
#include "api/outcomes.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

Problem missing() {
    return problem_of("command_not_found", "There is no outcome under this commandId, or not yet.");
}

}  // namespace

void show_command(const Room& room, CallPtr call) {
    const CommandId id(std::string(call->request().param("commandId")));
    if (!wire::is_command_id(id.text())) return call->problem(missing());
    room.reads.run(call, [call, id](storage::Reader& reader) {
        const auto read = reader.outcome({.principal = call->caller().principal, .id = id});
        if (!read.value) return call->problem(missing());
        answer_read(
            *call,
            render_outcome(read.value->outcome, read.position.epoch, read.value->traceparent),
            read.position);
    });
}

}  // namespace itn::api
