#pragma once

// The WebSocket room's door: it listens, takes clients in up to limits::max_ws_clients, flushes all
// that was queued in a turn of the loop at the turn's end, and ticks. Loop thread only; not to
// outlive its Loop, its Audience and its Entrance.

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/runtime/endpoint.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"
#include "workers/notifier/client.h"

namespace itn::workers::notifier {

struct SocketSettings {
    runtime::Endpoint listen{};
    Origins origins{};
    std::vector<std::string> trusted_proxies{};  // plain_address()es
    std::size_t max_clients = limits::max_ws_clients;
    Hall::Times times{};
    std::chrono::milliseconds tick = std::chrono::seconds(1);
};

class Socket final {
public:
    /// Throws std::system_error when it cannot listen.
    Socket(runtime::Loop& loop, SocketSettings settings, Audience& audience, Entrance& entrance,
           runtime::Metrics& metrics);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// The port it listens on, also when 0 was asked.
    std::uint16_t port() const { return port_; }
    /// nullptr when there is none of that id.
    Client* client(ClientId id);
    std::size_t clients() const { return count_; }

    /// Stops accepting and closes every client with `restart`; calls `on_stopped` when all are
    /// gone, at the latest after limits::notifier_drain.
    void stop(std::function<void()> on_stopped);

private:
    struct Handles;

    void listen(const runtime::Endpoint& endpoint);
    void accept();
    void flush();
    void bury();
    void tick();

    runtime::Loop& loop_;
    SocketSettings settings_;
    runtime::Metrics& metrics_;
    Hall hall_;
    Handles* handles_;  // frees itself
    runtime::Timer timer_;
    std::vector<std::unique_ptr<Client>> slots_;
    std::vector<ClientId> free_;
    std::size_t count_ = 0;
    runtime::Gauge& connections_;
    std::uint16_t port_ = 0;
    std::function<void()> on_stopped_;
    std::uint64_t stopping_since_ = 0;
};

}  // namespace itn::workers::notifier
