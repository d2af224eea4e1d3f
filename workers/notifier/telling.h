#pragma once

// One event on its way to many clients: the frames they share, each built when the first one wants
// it. Loop thread only; not to outlive the event.

#include <memory>
#include <optional>
#include <string>

#include "common/rights/rights.h"
#include "workers/notifier/client.h"
#include "workers/notifier/event.h"
#include "workers/notifier/frames.h"

namespace itn::workers::notifier {

/// The frames of what some clients hear of an event, each built when the first one wants it.
class EventFrames final {
public:
    EventFrames(const Event& event, const std::string& position)
        : event_(event), position_(position) {}

    const Frame& of(const Client& client) { return client.is_stream() ? stream() : socket(); }

private:
    const std::string& json() {
        if (json_.empty()) json_ = event_json(event_, position_);
        return json_;
    }
    const Frame& socket() {
        if (!socket_) socket_ = std::make_shared<const std::string>(ws_frame(Opcode::text, json()));
        return socket_;
    }
    const Frame& stream() {
        if (!stream_)
            stream_ =
                std::make_shared<const std::string>(sse_event(event_.kind_text, position_, json()));
        return stream_;
    }

    const Event& event_;
    const std::string& position_;
    std::string json_;
    Frame socket_;
    Frame stream_;
};

/// One event as those hear it who may know its causes, and as the others do.
class Telling final {
public:
    Telling(const Event& event, const std::string& position)
        : event_(event), position_(position), whole_(event, position) {}

    const Frame& of(const Client& client, bool with_causes) {
        return with_causes ? whole_.of(client) : plain().of(client);
    }

    /// Whose state the event tells; none for an alarm, which no other event supersedes.
    const Subject& subject() {
        if (!subject_ && event_.kind != domain::EventKind::critical) {
            const auto family = event_.kind_text.substr(0, event_.kind_text.find('.'));
            subject_ = std::make_shared<const std::string>(std::string(family) + ' ' +
                                                           std::string(event_.subject));
        }
        return subject_;
    }

private:
    EventFrames& plain() {
        if (!plain_) {
            plain_body_ = rights::without_causes(event_.body);
            plain_event_ = event_;
            plain_event_.caused_by = {};
            plain_event_.body = plain_body_;
            plain_.emplace(plain_event_, position_);
        }
        return *plain_;
    }

    const Event& event_;
    const std::string& position_;
    EventFrames whole_;
    std::string plain_body_;
    Event plain_event_;
    std::optional<EventFrames> plain_;
    Subject subject_;
};

}  // namespace itn::workers::notifier
