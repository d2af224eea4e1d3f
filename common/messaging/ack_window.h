#pragma once

// The deliveries of one channel that we have not acknowledged to the broker yet. Acks are saved up
// and leave as few as possible: one `multiple` ack for everything up to the first delivery that
// still waits, and single ones beyond it.

#include <cstdint>
#include <deque>
#include <vector>

namespace itn::messaging {

struct Ack {
    std::uint64_t tag = 0;
    bool multiple = false;
    friend bool operator==(const Ack&, const Ack&) = default;
};

class AckWindow final {
public:
    /// Tags come in order, from 1, without gaps; a broker that breaks this gets a runtime_error.
    void delivered(std::uint64_t tag);
    /// Whether it was news: false for a tag that is unknown or already acknowledged.
    bool acked(std::uint64_t tag);
    /// What must be sent for the acks since the last call.
    std::vector<Ack> take();
    /// Delivered and not acknowledged.
    std::size_t waiting() const { return waiting_; }

private:
    std::uint64_t first_ = 1;   // the tag of settled_.front()
    std::deque<bool> settled_;  // whether each was acknowledged by us
    std::vector<std::uint64_t> fresh_;
    std::size_t waiting_ = 0;
};

}  // namespace itn::messaging
