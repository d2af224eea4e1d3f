#pragma once

// Server-sent events as bytes come. Pure; total over all bytes.

#include <string>
#include <string_view>
#include <vector>

namespace itn::ctl {

struct StreamEvent {
    std::string name{};  // of the `event:` line
    std::string id{};    // of the last `id:` line, of this event or one before
    std::string text{};  // the `data:` lines
    friend bool operator==(const StreamEvent&, const StreamEvent&) = default;
};

class EventStream final {
public:
    /// The events that these bytes complete.
    std::vector<StreamEvent> feed(std::string_view bytes);
    /// Where to go on from: the Last-Event-ID.
    const std::string& last_id() const { return last_id_; }
    /// A new connection begins; what was not complete is forgotten, the last id is not.
    void restart();

private:
    void restart_event();
    void take(std::string_view line, std::vector<StreamEvent>& events);

    std::string rest_;
    std::string last_id_;
    StreamEvent next_;
    bool has_text_ = false;
};

}  // namespace itn::ctl
