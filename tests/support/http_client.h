#pragma once

// A small blocking HTTP/1.1 client for tests. It sends exactly the bytes it is given, so that a
// test can misbehave, and parses strictly what comes back. Every wait ends at a deadline: nothing
// here hangs. One object is one connection and belongs to one thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn::tests {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
    int status = 0;
    Headers headers;
    std::string body;

    /// Names are matched without regard to case; the first of several.
    std::optional<std::string_view> header(std::string_view name) const;
};

class HttpClient final {
public:
    /// Connects; throws std::system_error when that fails. `deadline` bounds every later wait.
    explicit HttpClient(std::uint16_t port,
                        std::chrono::milliseconds deadline = std::chrono::seconds(5),
                        const std::string& host = "127.0.0.1", int receive_buffer = 0);
    ~HttpClient();
    HttpClient(HttpClient&& other) noexcept;
    HttpClient& operator=(HttpClient&&) = delete;

    /// Sends all bytes. False when the server closed or the deadline passed.
    bool send(std::string_view bytes);
    /// Reads one reply; interim replies (100) are replies of their own. Nothing when the connection
    /// ends before a reply begins, the deadline passes or the bytes are no reply. `to_head` tells
    /// that the request was a HEAD: the reply then has no body whatever its Content-Length says.
    std::optional<HttpReply> read_reply(bool to_head = false);
    /// Builds one request with Host and, for a body, Content-Length; sends it and reads the reply.
    std::optional<HttpReply> request(std::string_view method, std::string_view target,
                                     std::string_view body = {}, const Headers& headers = {});

    /// Ends our direction only.
    void finish_sending();
    /// Closes with a reset (RST) instead of an orderly end.
    void abort();
    void close();
    /// True when the server ended the connection, in order, before the deadline, and nothing
    /// unread came before that.
    bool ended_by_server();
    int descriptor() const { return fd_; }

private:
    bool read_more();
    std::optional<std::string> read_line();

    int fd_ = -1;
    std::chrono::milliseconds deadline_;
    std::string unread_;
};

/// The bytes of one request with Host and, for a body or a POST, Content-Length.
std::string request_text(std::string_view method, std::string_view target,
                         std::string_view body = {}, const Headers& headers = {});

}  // namespace itn::tests
