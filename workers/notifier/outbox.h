#pragma once

// What one client is still to be sent: shared frames in order, bounded in bytes. Pure.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "workers/notifier/frames.h"

namespace itn::workers::notifier {

class Outbox final {
public:
    void push(Frame frame);
    bool empty() const { return head_ == frames_.size(); }
    /// Not yet sent.
    std::size_t bytes() const { return bytes_; }

    /// The next bytes to send, in as many pieces as fit `out`. Stable until consume() or drop().
    std::size_t gather(std::span<std::string_view> out) const;
    /// That many of the gathered bytes were sent.
    void consume(std::size_t sent);
    /// Forgets all but the first `keep` frames, and a frame whose beginning was sent already.
    void drop_after(std::size_t keep);

private:
    std::vector<Frame> frames_;
    std::size_t head_ = 0;    // frames that were sent whole and are still in frames_
    std::size_t offset_ = 0;  // bytes of the first frame that were sent
    std::size_t bytes_ = 0;
};

}  // namespace itn::workers::notifier
