#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace itn::tests {

namespace {

using Clock = std::chrono::steady_clock;

bool same_name(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool wait_for(int fd, short events, Clock::time_point end) {
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left < 0) return false;
        pollfd one{.fd = fd, .events = events, .revents = 0};
        const int ready = ::poll(&one, 1, static_cast<int>(left) + 1);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

std::optional<int> parse_number(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<std::string_view> HttpReply::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_name(key, name)) return value;
    return std::nullopt;
}

HttpClient::HttpClient(std::uint16_t port, std::chrono::milliseconds deadline,
                       const std::string& host, int receive_buffer)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), deadline_(deadline) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
    if (receive_buffer > 0)
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int yes = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(fd_);
        throw std::system_error(error, std::generic_category(), "connect");
    }
}

HttpClient::~HttpClient() {
    close();
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      deadline_(other.deadline_),
      unread_(std::move(other.unread_)) {}

bool HttpClient::send(std::string_view bytes) {
    const auto end = Clock::now() + deadline_;
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_for(fd_, POLLOUT, end)) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool HttpClient::read_more() {
    const auto end = Clock::now() + deadline_;
    char buffer[16 * 1024];
    while (wait_for(fd_, POLLIN, end)) {
        const ssize_t got = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got > 0) {
            unread_.append(buffer, static_cast<std::size_t>(got));
            return true;
        }
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) return false;
    }
    return false;
}

std::optional<std::string> HttpClient::read_line() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n")) == std::string::npos)
        if (!read_more()) return std::nullopt;
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 2);
    return line;
}

std::optional<HttpReply> HttpClient::read_reply(bool to_head) {
    const auto first = read_line();
    if (!first || !first->starts_with("HTTP/1.1 ") || first->size() < 12) return std::nullopt;
    const auto status = parse_number(std::string_view(*first).substr(9, 3));
    if (!status) return std::nullopt;
    HttpReply reply{.status = *status, .headers = {}, .body = {}};
    while (true) {
        const auto line = read_line();
        if (!line) return std::nullopt;
        if (line->empty()) break;
        const auto colon = line->find(": ");
        if (colon == std::string::npos) return std::nullopt;
        reply.headers.emplace_back(line->substr(0, colon), line->substr(colon + 2));
    }
    const auto length = reply.header("Content-Length");
    const bool no_body =
        to_head || reply.status < 200 || reply.status == 204 || reply.status == 304 || !length;
    if (no_body) return reply;
    const auto wanted = parse_number(*length);
    if (!wanted || *wanted < 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(*wanted);
    while (unread_.size() < size)
        if (!read_more()) return std::nullopt;
    reply.body = unread_.substr(0, size);
    unread_.erase(0, size);
    return reply;
}

std::optional<HttpReply> HttpClient::request(std::string_view method, std::string_view target,
                                             std::string_view body, const Headers& headers) {
    if (!send(request_text(method, target, body, headers))) return std::nullopt;
    return read_reply(method == "HEAD");
}

void HttpClient::finish_sending() {
    ::shutdown(fd_, SHUT_WR);
}

void HttpClient::abort() {
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void HttpClient::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool HttpClient::ended_by_server() {
    char byte = 0;
    return unread_.empty() && wait_for(fd_, POLLIN, Clock::now() + deadline_) &&
           ::recv(fd_, &byte, 1, MSG_DONTWAIT) == 0;
}

std::string request_text(std::string_view method, std::string_view target, std::string_view body,
                         const Headers& headers) {
    std::string text;
    text.reserve(160 + target.size() + body.size());
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    for (const auto& [name, value] : headers)
        text.append(name + ": " + value + "\r\n");
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
        text.append("Content-Length: " + std::to_string(body.size()) + "\r\n");
    return text.append("\r\n").append(body);
}

}  // namespace itn::tests
