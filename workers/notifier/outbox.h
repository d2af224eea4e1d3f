#pragma once

// What one client is still to be sent: shared frames in order, bounded in bytes. A frame may name
// the subject whose newest state it tells; a later one of that subject supersedes it. Pure.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "workers/notifier/frames.h"

namespace itn::workers::notifier {

/// Equal texts are the same subject; nullptr is none, and supersedes nothing.
using Subject = std::shared_ptr<const std::string>;

class Outbox final {
public:
    void push(Frame frame, Subject subject = nullptr);
    bool empty() const { return head_ == waiting_.size(); }
    /// Not yet sent.
    std::size_t bytes() const { return bytes_; }

    /// The next bytes to send, in as many pieces as fit `out`. Stable until consume() or drop().
    std::size_t gather(std::span<std::string_view> out) const;
    /// That many of the gathered bytes were sent.
    void consume(std::size_t sent);
    /// Forgets all but the first `keep` frames, and a frame whose beginning was sent already.
    void drop_after(std::size_t keep);
    /// Forgets every frame whose subject has a later one here, or is `next`, but keeps the first
    /// `keep` and one whose beginning was sent already.
    void drop_superseded(std::size_t keep, const Subject& next);

private:
    struct Waiting {
        Frame frame{};
        Subject subject{};
    };

    /// Where the frames begin that may be forgotten.
    std::size_t fixed(std::size_t keep) const;

    std::vector<Waiting> waiting_;
    std::size_t head_ = 0;    // frames that were sent whole and are still in waiting_
    std::size_t offset_ = 0;  // bytes of the first frame that were sent
    std::size_t bytes_ = 0;
};

}  // namespace itn::workers::notifier
