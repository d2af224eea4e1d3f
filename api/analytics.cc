#include "api/analytics.h"

#include <utility>

namespace itn::api {

void show_summary(const Room& room, CallPtr call) {
    room.summaries.answer(std::move(call));
}

}  // namespace itn::api
