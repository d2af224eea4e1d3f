#pragma once

// One accepted TCP connection on libuv. Writes are gathered: push() only queues, flush() sends what
// is queued in one call and lets the loop carry the rest. An end is orderly: what is queued is
// sent, our direction is shut, what still comes is discarded until the peer ends too. Loop thread
// only.

#include <uv.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "workers/notifier/outbox.h"

namespace itn::workers::notifier {

class Connection final {
public:
    /// Calls never come from inside push(); after on_closed() the connection may be deleted.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void on_bytes(std::string_view bytes) = 0;
        /// Everything that was queued has been handed to the kernel.
        virtual void on_drained() = 0;
        /// The peer ended or failed; close() was called.
        virtual void on_ended() = 0;
        virtual void on_closed() = 0;
    };

    /// `read_buffer` is shared by all connections of the loop.
    Connection(uv_loop_t* loop, Owner& owner, std::span<char> read_buffer);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Takes the connection that waits at the listener and reads it. False when that failed: then
    /// on_closed() follows.
    bool accept(uv_stream_t* listener);
    /// The address of the other side; "" when it is gone already.
    std::string peer() const;

    void push(Frame frame, Subject subject = nullptr) {
        outbox_.push(std::move(frame), std::move(subject));
    }
    /// Not yet handed to the kernel.
    std::size_t queued() const { return outbox_.bytes(); }
    void flush();
    /// Forgets what is queued, as far as frames stay whole.
    void drop_queue() { outbox_.drop_after(in_flight_); }
    /// Forgets queued frames whose subject has a later one, or is `next`.
    void drop_superseded(const Subject& next) { outbox_.drop_superseded(in_flight_, next); }

    /// Shuts our direction once the queue is sent. Bytes that come are discarded from now on.
    void finish();
    /// Our direction is shut: everything reached the kernel.
    bool is_shut() const { return is_shut_; }
    /// At once; on_closed() follows.
    void close();

private:
    void read_on();
    void write_rest();
    void on_written(int status);
    void shut();
    void fail();
    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }

    Owner& owner_;
    std::span<char> read_buffer_;
    Outbox outbox_;
    std::size_t in_flight_ = 0;  // frames that a write under way refers to
    std::size_t in_flight_bytes_ = 0;
    bool is_finishing_ = false;
    bool is_shut_ = false;
    uv_tcp_t tcp_{};
    uv_write_t write_{};
    uv_shutdown_t shutdown_{};
};

}  // namespace itn::workers::notifier
