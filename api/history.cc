#include "api/history.h"

#include <utility>

#include "api/answers.h"
#include "common/wire/notice.h"

namespace itn::api {

void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing) {
    auto job = [call, subject = std::move(subject),
                missing = std::move(missing)](storage::Reader& reader) {
        const auto read = reader.history(subject);
        if (read.value.empty()) return call->problem(missing);
        List list{.name = "history"};
        for (const auto& entry : read.value)
            list.rows.push_back(wire::render(entry, read.position.epoch));
        answer_list(*call, list, read.position);
    };
    room.reads.run(call, std::move(job));
}

}  // namespace itn::api
