#pragma once

// What is sent to one partner's queue: arrays of events as on itn.events, each with two members
// more,
//
//   [{"id":"…", …, "body":{…}, "position":"v1…", "after":"v1…"}, …]
//
// `position` is where the feed stands with this event, `after` the position of the event before it
// that concerned the partner. A partner whose last position is another than `after` has lost
// something, since its queue forgets the oldest when it is full, or cannot know; it asks for what
// happened since its last position and drops what it has already. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace itn::workers::notifier {

class PartnerLetters final {
public:
    /// `after` is where the feed stood before the first event.
    explicit PartnerLetters(std::string after) : after_(std::move(after)) {}

    /// `event` is a JSON object with at least one member.
    void add(std::string_view event, const std::string& position);
    /// The position of the last event that concerned the partner.
    const std::string& after() const { return after_; }
    /// The bodies of the messages, in order; none when nothing was added.
    std::vector<std::string> take();

private:
    void close();

    std::string after_;
    std::vector<std::string> bodies_;
    std::string open_;
    std::size_t events_ = 0;  // in open_
};

}  // namespace itn::workers::notifier
