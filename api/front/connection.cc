#include "api/front/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/limits.h"

namespace itn::api::front {

namespace {

void release(std::string& buffer) {
    buffer.clear();
    if (buffer.capacity() > limits::max_pipelined) buffer.shrink_to_fit();
}

}  // namespace

Connection::~Connection() {
    ::close(fd);
}

bool flush(Connection& connection, Clock::time_point now, std::size_t max_out) {
    while (connection.sent < connection.out.size()) {
        const auto rest = std::string_view(connection.out).substr(connection.sent);
        const ssize_t count =
            ::send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            connection.sent += static_cast<std::size_t>(count);
            connection.since = now;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (rest.size() <= max_out) return true;
            connection.stage = Stage::dead;
            return false;
        } else if (errno != EINTR) {
            connection.stage = Stage::dead;
            return true;
        }
    }
    release(connection.out);
    connection.sent = 0;
    return true;
}

std::size_t held(const Connection& connection) {
    const auto out = connection.ticket_out ? connection.body_size : 0;
    const auto bytes = connection.in.capacity() + out;
    return bytes > limits::max_pipelined ? bytes : 0;
}

void compact(Connection& connection) {
    if (connection.taken == 0) return;
    connection.in.erase(0, connection.taken);
    connection.taken = 0;
    if (connection.in.empty()) release(connection.in);
}

}  // namespace itn::api::front
