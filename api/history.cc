#include "api/history.h"

#include <utility>

#include "api/answers.h"
#include "api/heard.h"

namespace itn::api {

void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing) {
    auto job = [call, subject = std::move(subject),
                missing = std::move(missing)](storage::Reader& reader) {
        const auto read = reader.history(subject);
        List list{.name = "history"};
        add_heard(list.rows, call->caller(), read.value, read.position.epoch);
        if (list.rows.empty()) return call->problem(missing);
        answer_list(*call, list, read.position);
    };
    room.reads.run(call, std::move(job));
}

}  // namespace itn::api
