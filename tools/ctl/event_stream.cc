#include "tools/ctl/event_stream.h"

namespace itn::ctl {

std::vector<StreamEvent> EventStream::feed(std::string_view bytes) {
    std::vector<StreamEvent> events;
    rest_ += bytes;
    std::size_t from = 0;
    for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n', from)) {
        std::string_view line = std::string_view(rest_).substr(from, end - from);
        if (line.ends_with('\r')) line.remove_suffix(1);
        take(line, events);
        from = end + 1;
    }
    rest_.erase(0, from);
    return events;
}

void EventStream::restart() {
    rest_.clear();
    restart_event();
}

void EventStream::restart_event() {
    next_ = {.id = last_id_};
    has_text_ = false;
}

void EventStream::take(std::string_view line, std::vector<StreamEvent>& events) {
    if (line.empty()) {
        // Only a whole event moves the place to go on from.
        last_id_ = next_.id;
        if (has_text_) events.push_back(next_);
        restart_event();
        return;
    }
    const auto colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") next_.name = value;
    if (field == "id") next_.id = value;
    if (field != "data") return;
    if (has_text_) next_.text += '\n';
    next_.text += value;
    has_text_ = true;
}

}  // namespace itn::ctl
