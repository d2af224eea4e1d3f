#include "common/messaging/transport.h"

#include <cstring>
#include <utility>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::messaging {

// Both outlive the Transport until libuv has called back for the last time; `owner` is null then.
struct Transport::Resolution {
    uv_getaddrinfo_t request{};
    Transport* owner = nullptr;
};

struct Transport::Socket {
    uv_tcp_t tcp{};
    uv_prepare_t turn{};
    uv_connect_t connecting{};
    uv_write_t writing{};
    ByteBuffer under_way;
    bool busy = false;  // a uv_write is under way
    int open_handles = 2;
    Transport* owner = nullptr;

    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp); }
    static void handle_closed(uv_handle_t* handle) {
        auto* socket = static_cast<Socket*>(handle->data);
        if (--socket->open_handles == 0) delete socket;
    }
};

/// The one place where an exception meets a C callback.
template <class Action>
void Transport::guarded(Action&& action) {
    try {
        action();
    } catch (const std::exception& failure) {
        fail(failure.what());
    }
}

Transport::Transport(runtime::Loop& loop, std::string host, std::uint16_t port,
                     std::shared_ptr<const TlsContext> tls, Events events)
    : loop_(loop),
      host_(std::move(host)),
      port_(port),
      tls_context_(std::move(tls)),
      events_(std::move(events)),
      doom_(loop, [this] { fail(doom_reason_); }) {
    resolve();
}

Transport::~Transport() {
    close();
}

void Transport::close() {
    closed_ = true;
    doom_.stop();
    if (resolution_ != nullptr) {
        resolution_->owner = nullptr;
        uv_cancel(reinterpret_cast<uv_req_t*>(&resolution_->request));
        resolution_ = nullptr;
    }
    drop_socket();
}

void Transport::resolve() {
    auto* resolution = new Resolution;
    resolution->owner = this;
    resolution->request.data = resolution;
    const addrinfo hints{.ai_flags = AI_NUMERICSERV,
                         .ai_family = AF_UNSPEC,
                         .ai_socktype = SOCK_STREAM,
                         .ai_protocol = 0,
                         .ai_addrlen = 0,
                         .ai_addr = nullptr,
                         .ai_canonname = nullptr,
                         .ai_next = nullptr};
    const int status = uv_getaddrinfo(
        loop_.uv(), &resolution->request,
        [](uv_getaddrinfo_t* request, int result, addrinfo* found) {
            auto* done = static_cast<Resolution*>(request->data);
            if (auto* owner = done->owner) {
                owner->resolution_ = nullptr;
                owner->guarded([&] { owner->resolved(result, found); });
            }
            uv_freeaddrinfo(found);
            delete done;
        },
        host_.c_str(), std::to_string(port_).c_str(), &hints);
    if (status == 0) {
        resolution_ = resolution;
        return;
    }
    delete resolution;
    fail_soon("cannot look up host '" + host_ + "': " + uv_strerror(status));
}

void Transport::resolved(int status, const addrinfo* found) {
    if (status < 0) {
        fail("cannot find host '" + host_ + "': " + uv_strerror(status));
        return;
    }
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
        sockaddr_storage address{};
        std::memcpy(&address, entry->ai_addr, entry->ai_addrlen);
        addresses_.insert(addresses_.begin(), address);
    }
    connect_next(UV_EADDRNOTAVAIL);
}

void Transport::connect_next(int last_error) {
    drop_socket();
    if (addresses_.empty()) {
        fail("cannot connect to " + host_ + ":" + std::to_string(port_) + ": " +
             uv_strerror(last_error));
        return;
    }
    const sockaddr_storage address = addresses_.back();
    addresses_.pop_back();
    auto* socket = new Socket;
    socket->owner = this;
    socket->tcp.data = socket->turn.data = socket->connecting.data = socket->writing.data = socket;
    ENSURE(uv_tcp_init(loop_.uv(), &socket->tcp) == 0);
    ENSURE(uv_prepare_init(loop_.uv(), &socket->turn) == 0);
    socket_ = socket;
    const int status = uv_tcp_connect(&socket->connecting, &socket->tcp,
                                      reinterpret_cast<const sockaddr*>(&address),
                                      [](uv_connect_t* request, int result) {
                                          auto* done = static_cast<Socket*>(request->data);
                                          if (auto* owner = done->owner)
                                              owner->guarded([&] { owner->connected(result); });
                                      });
    if (status < 0) connect_next(status);
}

void Transport::connected(int status) {
    if (status < 0) {
        connect_next(status);
        return;
    }
    uv_tcp_nodelay(&socket_->tcp, 1);
    uv_prepare_start(&socket_->turn, [](uv_prepare_t* handle) {
        if (auto* owner = static_cast<Socket*>(handle->data)->owner)
            owner->guarded([&] { owner->turn(); });
    });
    uv_read_start(
        socket_->stream(),
        [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
            auto* owner = static_cast<Socket*>(handle->data)->owner;
            if (owner == nullptr) return;
            const auto space = owner->tls_ ? std::span(owner->cipher_in_) : owner->events_.space();
            *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
        },
        [](uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
            auto* owner = static_cast<Socket*>(stream->data)->owner;
            if (owner == nullptr || count == 0) return;
            owner->guarded([&] {
                if (count > 0) {
                    owner->arrived({buffer->base, static_cast<std::size_t>(count)});
                } else {
                    owner->fail(count == UV_EOF ? "the broker closed the connection"
                                                : uv_strerror(static_cast<int>(count)));
                }
            });
        });
    if (!tls_context_) {
        opened();
        return;
    }
    cipher_in_.resize(limits::broker_read);
    tls_ = std::make_unique<TlsSession>(*tls_context_, host_);
    tls_->handshake();
}

void Transport::opened() {
    open_ = true;
    events_.on_open();
}

void Transport::arrived(std::span<const char> bytes) {
    if (!tls_) {
        events_.on_bytes(bytes.size());
        return;
    }
    tls_->received(bytes);
    if (!open_) {
        if (!tls_->handshake()) return;
        opened();
    }
    while (!closed_) {
        const std::size_t count = tls_->read(events_.space());
        if (count == 0) return;
        events_.on_bytes(count);
    }
}

void Transport::turn() {
    if (open_) events_.before_flush();
    flush();
}

void Transport::flush() {
    if (closed_ || socket_ == nullptr) return;
    if (tls_) {
        if (open_ && !out_.empty()) {
            tls_->write(out_.view());
            out_.clear();
        }
        tls_->take_output(cipher_);
    } else if (!open_) {
        return;
    }
    ByteBuffer& source = tls_ ? cipher_ : out_;
    if (source.size() + socket_->under_way.size() > limits::max_broker_backlog) {
        fail_soon("the broker does not read: more than " +
                  std::to_string(limits::max_broker_backlog) + " bytes wait to be sent");
        return;
    }
    if (source.empty() || socket_->busy) return;
    const uv_buf_t buffer = uv_buf_init(source.data(), static_cast<unsigned>(source.size()));
    const int sent = uv_try_write(socket_->stream(), &buffer, 1);
    if (sent < 0 && sent != UV_EAGAIN) {
        fail_soon(std::string("cannot write: ") + uv_strerror(sent));
        return;
    }
    write_rest(source, sent < 0 ? 0 : static_cast<std::size_t>(sent));
}

void Transport::write_rest(ByteBuffer& source, std::size_t sent) {
    if (sent == source.size()) {
        source.clear();
        return;
    }
    std::swap(source, socket_->under_way);
    source.clear();
    socket_->busy = true;
    auto& rest = socket_->under_way;
    const uv_buf_t buffer =
        uv_buf_init(rest.data() + sent, static_cast<unsigned>(rest.size() - sent));
    const int status =
        uv_write(&socket_->writing, socket_->stream(), &buffer, 1, [](uv_write_t* request, int s) {
            auto* socket = static_cast<Socket*>(request->data);
            socket->busy = false;
            socket->under_way.clear();
            if (auto* owner = socket->owner) owner->guarded([&] { owner->written(s); });
        });
    if (status < 0) fail_soon(std::string("cannot write: ") + uv_strerror(status));
}

void Transport::written(int status) {
    if (status < 0) {
        fail(std::string("cannot write: ") + uv_strerror(status));
    } else {
        flush();
    }
}

void Transport::fail_soon(std::string reason) {
    if (closed_ || doom_.is_active()) return;
    doom_reason_ = std::move(reason);
    doom_.start(std::chrono::milliseconds(0));
}

void Transport::fail(std::string reason) {
    if (closed_) return;
    closed_ = true;
    doom_.stop();
    drop_socket();
    events_.on_closed(std::move(reason));
}

void Transport::drop_socket() {
    if (socket_ == nullptr) return;
    auto* socket = std::exchange(socket_, nullptr);
    socket->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&socket->tcp), &Socket::handle_closed);
    uv_close(reinterpret_cast<uv_handle_t*>(&socket->turn), &Socket::handle_closed);
}

}  // namespace itn::messaging
