#pragma once

// Bytes to and from the broker over libuv, with or without TLS, without ever blocking the loop.
// What is appended to out() during a turn of the loop leaves in one write before the loop sleeps.
// Whatever goes wrong (name, connect, TLS, reset, an exception of a callback) ends in exactly one
// on_closed, after which nothing is called any more.
//
// Loop thread only. No callback comes from inside a call. A Transport may not be destroyed inside
// its own callbacks.

#include <uv.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "common/messaging/byte_buffer.h"
#include "common/messaging/tls.h"
#include "common/runtime/loop.h"

namespace itn::messaging {

class Transport final {
public:
    struct Events {
        std::function<void()> on_open;               // bytes may flow; TLS is established
        std::function<std::span<char>()> space;      // where the next bytes are to be put
        std::function<void(std::size_t)> on_bytes;   // so many were put there
        std::function<void()> before_flush;          // last chance of this turn to append
        std::function<void(std::string)> on_closed;  // the reason, in words
    };

    /// Starts to resolve and connect at once. `tls` may be null: plain TCP.
    Transport(runtime::Loop& loop, std::string host, std::uint16_t port,
              std::shared_ptr<const TlsContext> tls, Events events);
    /// Closes without a callback.
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    ByteBuffer& out() { return out_; }
    /// Sends now what is there, as far as the socket takes it; for last words.
    void flush();
    /// Closes at once, without a callback.
    void close();
    /// Ends in on_closed(reason) on a later turn.
    void fail_soon(std::string reason);

private:
    struct Resolution;
    struct Socket;

    void resolve();
    void resolved(int status, const addrinfo* found);
    void connect_next(int last_error);
    void connected(int status);
    void opened();
    void arrived(std::span<const char> bytes);
    void turn();
    void write_rest(ByteBuffer& source, std::size_t sent);
    void written(int status);
    void fail(std::string reason);
    void drop_socket();
    template <class Action>
    void guarded(Action&& action);

    runtime::Loop& loop_;
    std::string host_;
    std::uint16_t port_;
    std::shared_ptr<const TlsContext> tls_context_;
    Events events_;
    std::unique_ptr<TlsSession> tls_;
    Resolution* resolution_ = nullptr;         // deletes itself when libuv is done with it
    Socket* socket_ = nullptr;                 // the same
    std::vector<sockaddr_storage> addresses_;  // not yet tried, in reverse order
    ByteBuffer out_;
    ByteBuffer cipher_;
    std::vector<char> cipher_in_;
    runtime::Timer doom_;
    std::string doom_reason_;
    bool open_ = false;
    bool closed_ = false;
};

}  // namespace itn::messaging
