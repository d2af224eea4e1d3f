#pragma once

// A client of the gateway, on libcurl: TLS with a checked certificate, HTTP/2 where it is offered,
// and raw bytes over TLS for what no honest client sends.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/http_client.h"

namespace itn::tests {

struct HttpsReply {
    int status = 0;  // 0: no reply
    bool is_http2 = false;
    std::string body{};
    std::map<std::string, std::string> headers{};  // names in lower case
    std::chrono::microseconds took{};
};

/// One connection that is kept; one thread at a time.
class HttpsClient final {
public:
    /// Of https://localhost:<port>; trusts the certificates of that file alone. `from` is the
    /// loopback address it comes from, "127.0.0.5"; "" leaves that to the machine. raw() has none.
    HttpsClient(std::uint16_t port, std::string ca_file, std::string from = {});
    ~HttpsClient();
    HttpsClient(const HttpsClient&) = delete;
    HttpsClient& operator=(const HttpsClient&) = delete;

    HttpsReply request(const std::string& method, const std::string& path,
                       const std::string& body = {}, const Headers& headers = {});
    /// A GET whose body goes on for as long as `wants_more` of what has come so far, 20 s at most.
    HttpsReply stream(const std::string& path, const Headers& headers,
                      std::function<bool(const std::string&)> wants_more);
    /// Sends the bytes over a TLS connection of their own, as far as the other side takes them, and
    /// returns what comes back until it closes or 10 s have passed.
    std::string raw(std::string_view bytes);

private:
    struct Handle;
    void prepare(const std::string& path);

    std::string base_;
    std::string ca_file_;
    std::string from_;
    std::unique_ptr<Handle> handle_;
};

}  // namespace itn::tests
