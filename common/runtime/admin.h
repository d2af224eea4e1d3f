#pragma once

// The admin endpoint of a process without an HTTP room of its own: GET /livez, /readyz (?verbose)
// and /metrics over HTTP/1.1, one request a connection, on loopback unless told otherwise. No
// authentication, hence nothing secret; bounded in connections, bytes and time.

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/runtime/endpoint.h"
#include "common/runtime/health.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"

namespace itn::runtime {

struct AdminPage {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

/// What a request is answered with; the api process serves its own /livez, /readyz and /metrics
/// from it too. nullopt: no such page.
std::optional<AdminPage> admin_page(std::string_view target, const Health& health,
                                    const Metrics& metrics);

/// Loop thread only; not to outlive its Loop, Health and Metrics. Throws std::system_error from the
/// constructor when it cannot listen.
class Admin final {
public:
    Admin(Loop& loop, const Endpoint& listen, const Health& health, const Metrics& metrics);
    ~Admin();
    Admin(const Admin&) = delete;
    Admin& operator=(const Admin&) = delete;

    /// The port it listens on, also when 0 was asked.
    std::uint16_t port() const { return port_; }

private:
    struct Connection;
    void accept();
    void close(Connection& connection);
    void on_read(Connection& connection, ssize_t count);
    void reply(Connection& connection, const AdminPage& page);

    Loop& loop_;
    const Health& health_;
    const Metrics& metrics_;
    uv_tcp_t* listener_;
    std::unordered_set<Connection*> connections_;
    std::uint16_t port_ = 0;
};

}  // namespace itn::runtime
