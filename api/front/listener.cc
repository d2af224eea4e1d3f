#include "api/front/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace itn::api::front {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class Address final {
public:
    Address(const std::string& host, std::uint16_t port) {
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
        addrinfo* found = nullptr;
        const int error =
            ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
        if (error != 0)
            throw std::system_error(std::make_error_code(std::errc::address_not_available),
                                    host + ": " + ::gai_strerror(error));
        std::memcpy(&storage_, found->ai_addr, found->ai_addrlen);
        size_ = found->ai_addrlen;
        ::freeaddrinfo(found);
    }

    int family() const { return storage_.ss_family; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return size_; }

    std::uint16_t port() const {
        if (family() == AF_INET6)
            return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
        return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
    }

    void read_from(int socket) {
        size_ = sizeof storage_;
        if (::getsockname(socket, reinterpret_cast<sockaddr*>(&storage_), &size_) != 0)
            fail("getsockname");
    }

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

class Socket final {
public:
    explicit Socket(int family)
        : fd_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        if (fd_ < 0) fail("socket");
        set(SO_REUSEADDR);
    }
    ~Socket() {
        if (fd_ >= 0) ::close(fd_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    void set(int option) {
        const int yes = 1;
        if (::setsockopt(fd_, SOL_SOCKET, option, &yes, sizeof yes) != 0) fail("setsockopt");
    }
    void bind(const Address& address) {
        if (::bind(fd_, address.get(), address.size()) != 0)
            fail("bind to port " + std::to_string(address.port()));
    }
    void listen(int backlog) {
        if (::listen(fd_, backlog) != 0) fail("listen");
    }
    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

}  // namespace

Listeners open_listeners(const std::string& host, std::uint16_t port, unsigned count, int backlog) {
    Address address(host, port);
    if (port != 0) {
        // With SO_REUSEPORT a second server of the same user would share the port unnoticed; a
        // socket without it finds out.
        Socket probe(address.family());
        probe.bind(address);
        probe.listen(1);
    }
    std::vector<std::unique_ptr<Socket>> sockets;
    for (unsigned i = 0; i < count; ++i) {
        auto& socket = sockets.emplace_back(std::make_unique<Socket>(address.family()));
        socket->set(SO_REUSEPORT);
        socket->bind(address);
        socket->listen(backlog);
        address.read_from(socket->get());
    }
    Listeners listeners{.descriptors = {}, .port = address.port()};
    for (auto& socket : sockets)
        listeners.descriptors.push_back(socket->release());
    return listeners;
}

}  // namespace itn::api::front
