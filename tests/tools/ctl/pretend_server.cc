#include "tests/tools/ctl/pretend_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl::tests {

namespace {

/// A whole request: its head and as many bytes as its Content-Length says.
std::string receive(int fd) {
    std::string bytes;
    char buffer[4096];
    for (std::size_t needed = std::string::npos; bytes.size() < needed;) {
        const ssize_t count = read(fd, buffer, sizeof buffer);
        if (count <= 0) return bytes;
        bytes.append(buffer, static_cast<std::size_t>(count));
        const auto end = bytes.find("\r\n\r\n");
        if (end == bytes.npos || needed != std::string::npos) continue;
        const auto length = bytes.find("Content-Length: ");
        needed = end + 4 + (length < end ? std::stoul(bytes.substr(length + 16)) : 0);
    }
    return bytes;
}

}  // namespace

PretendServer::PretendServer(Answer answer)
    : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 8) != 0 ||
        getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("no port to listen on");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

PretendServer::~PretendServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
}

std::vector<std::string> PretendServer::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

std::size_t PretendServer::count(const std::string& beginning) const {
    const auto all = asked();
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const std::string& one) { return one.starts_with(beginning); }));
}

void PretendServer::serve() {
    for (int fd = accept(listener_, nullptr, nullptr); fd >= 0;
         fd = accept(listener_, nullptr, nullptr)) {
        serve_one(fd);
        close(fd);
    }
}

void PretendServer::serve_one(int fd) {
    const std::string request = receive(fd);
    const auto end = request.find("\r\n\r\n");
    if (end == request.npos) return;
    const std::string asked = request.substr(0, request.find(" HTTP/1.1"));
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(asked);
    }
    const Reply reply =
        answer_(asked, nlohmann::json::parse(request.substr(end + 4), nullptr, false));
    const std::string body = reply.body.is_null() ? reply.text : reply.body.dump();
    const std::string answer =
        "HTTP/1.1 " + std::to_string(reply.status) +
        " So\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
        reply.headers + "\r\n" + body;
    if (send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
}

Ended run_itnctl(Environment environment, std::vector<const char*> words) {
    Tree tree;
    add_access(tree);
    add_partner(tree);
    add_trade(tree);
    words.insert(words.begin(), "itnctl");
    Ended run;
    const auto action = tree.parse(static_cast<int>(words.size()), words.data(), run.code);
    if (!action) return run;
    environment.api_key = "itn_a_b";
    std::ostringstream output;
    auto* const before = std::cout.rdbuf(output.rdbuf());
    try {
        Desk desk(std::move(environment));
        run.code = (*action)(desk);
    } catch (const Trouble& trouble) {
        run.code = static_cast<int>(trouble.exit());
        run.trouble = trouble.what();
    }
    std::cout.rdbuf(before);
    run.output = output.str();
    return run;
}

}  // namespace itn::ctl::tests
