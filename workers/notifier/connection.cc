#include "workers/notifier/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <chrono>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

void set_options(uv_tcp_t& tcp) {
    uv_tcp_nodelay(&tcp, 1);
    uv_os_fd_t fd = -1;
    if (uv_fileno(reinterpret_cast<uv_handle_t*>(&tcp), &fd) != 0) return;
    const int low_water = limits::ws_unsent_low_water;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low_water, sizeof low_water);
    const auto timeout = static_cast<unsigned>(
        std::chrono::duration_cast<std::chrono::milliseconds>(limits::ws_user_timeout).count());
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

using Buffers = std::array<uv_buf_t, limits::max_gathered>;

unsigned gather(const Outbox& outbox, Buffers& buffers, std::size_t& bytes) {
    std::array<std::string_view, limits::max_gathered> pieces;
    const std::size_t count = outbox.gather(pieces);
    bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        buffers[i] = uv_buf_init(const_cast<char*>(pieces[i].data()),
                                 static_cast<unsigned>(pieces[i].size()));
        bytes += pieces[i].size();
    }
    return static_cast<unsigned>(count);
}

}  // namespace

Connection::Connection(uv_loop_t* loop, Owner& owner, std::span<char> read_buffer)
    : owner_(owner), read_buffer_(read_buffer) {
    ENSURE(uv_tcp_init(loop, &tcp_) == 0);
    tcp_.data = this;
    write_.data = this;
    shutdown_.data = this;
}

bool Connection::accept(uv_stream_t* listener) {
    if (uv_accept(listener, stream()) != 0) {
        close();
        return false;
    }
    set_options(tcp_);
    read_on();
    return true;
}

std::string Connection::peer() const {
    sockaddr_storage address{};
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    int length = sizeof address;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (uv_tcp_getpeername(&tcp_, generic, &length) != 0 ||
        uv_ip_name(generic, text.data(), text.size()) != 0)
        return {};
    return text.data();
}

void Connection::read_on() {
    const int failed = uv_read_start(
        stream(),
        [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
            const auto space = static_cast<Connection*>(handle->data)->read_buffer_;
            *buffer = uv_buf_init(space.data(), static_cast<unsigned>(space.size()));
        },
        [](uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
            auto& self = *static_cast<Connection*>(handle->data);
            if (count < 0) return self.fail();
            if (count > 0 && !self.is_finishing_)
                self.owner_.on_bytes({buffer->base, static_cast<std::size_t>(count)});
        });
    if (failed != 0) fail();
}

void Connection::flush() {
    while (in_flight_ == 0 && !outbox_.empty() && !is_shut_) {
        Buffers buffers;
        std::size_t bytes = 0;
        const unsigned count = gather(outbox_, buffers, bytes);
        const int sent = uv_try_write(stream(), buffers.data(), count);
        if (sent < 0 && sent != UV_EAGAIN) return fail();
        if (sent > 0) outbox_.consume(static_cast<std::size_t>(sent));
        if (static_cast<std::size_t>(std::max(sent, 0)) < bytes) return write_rest();
    }
    if (!outbox_.empty()) return;
    if (is_finishing_) return shut();
    owner_.on_drained();
}

void Connection::write_rest() {
    Buffers buffers;
    in_flight_ = gather(outbox_, buffers, in_flight_bytes_);
    const int failed = uv_write(&write_, stream(), buffers.data(),
                                static_cast<unsigned>(in_flight_), [](uv_write_t* write, int code) {
                                    static_cast<Connection*>(write->data)->on_written(code);
                                });
    if (failed != 0) {
        in_flight_ = 0;
        fail();
    }
}

void Connection::on_written(int status) {
    in_flight_ = 0;
    if (status == UV_ECANCELED) return;
    if (status != 0) return fail();
    outbox_.consume(in_flight_bytes_);
    flush();
}

void Connection::finish() {
    if (is_finishing_) return;
    is_finishing_ = true;
    flush();
}

void Connection::shut() {
    if (is_shut_) return;
    is_shut_ = true;
    uv_shutdown(&shutdown_, stream(), [](uv_shutdown_t*, int) {});
}

void Connection::fail() {
    if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&tcp_)) != 0) return;
    close();
    owner_.on_ended();
}

void Connection::close() {
    auto* handle = reinterpret_cast<uv_handle_t*>(&tcp_);
    if (uv_is_closing(handle) != 0) return;
    uv_close(handle, [](uv_handle_t* closed) {
        static_cast<Connection*>(closed->data)->owner_.on_closed();
    });
}

}  // namespace itn::workers::notifier
