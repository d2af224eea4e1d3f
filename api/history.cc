#include "api/history.h"

#include <utility>

#include "api/answers.h"
#include "common/rights/rights.h"

namespace itn::api {

bool may_hear(const identity::Caller& caller, const wire::JournalEntry& entry) {
    return rights::may_hear(caller, rights::stake_of(entry.kind, entry.subject, entry.body));
}

void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing) {
    auto job = [call, subject = std::move(subject),
                missing = std::move(missing)](storage::Reader& reader) {
        const auto read = reader.history(subject);
        List list{.name = "history"};
        for (const auto& entry : read.value)
            if (may_hear(call->caller(), entry))
                list.rows.push_back(wire::render(entry, read.position.epoch));
        if (list.rows.empty()) return call->problem(missing);
        answer_list(*call, list, read.position);
    };
    room.reads.run(call, std::move(job));
}

}  // namespace itn::api
