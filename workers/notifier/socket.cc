#include "workers/notifier/socket.h"

#include <system_error>

#include "common/base/ensure.h"
#include "common/runtime/log.h"

namespace itn::workers::notifier {
namespace {

constexpr int backlog = 1'024;
constexpr auto stopping_tick = std::chrono::milliseconds(50);

void check(int result, const runtime::Endpoint& endpoint) {
    if (result != 0)
        throw std::system_error(-result, std::generic_category(),
                                "cannot listen on " + endpoint.text());
}

std::uint16_t bound_port(const uv_tcp_t& listener) {
    sockaddr_storage address{};
    int length = sizeof address;
    ENSURE(uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    // The port stands at the same place in both address families.
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

std::string reason_of(std::uint16_t code) {
    for (const CloseRow& candidate : close_table)
        if (static_cast<std::uint16_t>(candidate.code) == code) return std::string(candidate.name);
    return code == 1006 ? "vanished" : "other";
}

}  // namespace

/// Freed by themselves once both are closed.
struct Socket::Handles {
    uv_tcp_t listener{};
    uv_prepare_t turn_end{};
    int open = 2;
    bool is_listening = true;

    void close_listener() {
        if (is_listening) close(reinterpret_cast<uv_handle_t*>(&listener));
        is_listening = false;
    }
    void close(uv_handle_t* handle) {
        handle->data = this;
        uv_close(handle, [](uv_handle_t* closed) {
            auto* self = static_cast<Handles*>(closed->data);
            if (--self->open == 0) delete self;
        });
    }
};

Socket::Socket(runtime::Loop& loop, SocketSettings settings, Audience& audience, Entrance& entrance,
               runtime::Metrics& metrics)
    : loop_(loop),
      settings_(std::move(settings)),
      metrics_(metrics),
      handles_(new Handles),
      timer_(loop, [this] { tick(); }),
      connections_(metrics.gauge("itn_ws_connections", "Clients of the real-time feed.")) {
    hall_.loop = loop.uv();
    hall_.audience = &audience;
    hall_.entrance = &entrance;
    hall_.times = settings_.times;
    hall_.origins = settings_.origins;
    hall_.trusted_proxies = settings_.trusted_proxies;
    hall_.on_close_code = [this](std::uint16_t code) {
        metrics_
            .counter("itn_ws_dropped_total", "Clients that left or were closed, by reason.",
                     {{"reason", reason_of(code)}})
            .add();
    };
    hall_.on_refused = [this](int status) {
        metrics_
            .counter("itn_ws_refused_total", "Requests that were refused, by HTTP status.",
                     {{"status", std::to_string(status)}})
            .add();
    };
    ENSURE(uv_tcp_init(loop.uv(), &handles_->listener) == 0);
    ENSURE(uv_prepare_init(loop.uv(), &handles_->turn_end) == 0);
    try {
        listen(settings_.listen);
    } catch (...) {
        handles_->close_listener();
        handles_->close(reinterpret_cast<uv_handle_t*>(&handles_->turn_end));
        throw;
    }
    timer_.start(settings_.tick, settings_.tick);
}

void Socket::listen(const runtime::Endpoint& endpoint) {
    sockaddr_storage address{};
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (uv_ip4_addr(endpoint.host.c_str(), endpoint.port,
                    reinterpret_cast<sockaddr_in*>(generic)) != 0)
        check(uv_ip6_addr(endpoint.host.c_str(), endpoint.port,
                          reinterpret_cast<sockaddr_in6*>(generic)),
              endpoint);
    handles_->listener.data = this;
    handles_->turn_end.data = this;
    check(uv_tcp_bind(&handles_->listener, generic, 0), endpoint);
    check(uv_listen(reinterpret_cast<uv_stream_t*>(&handles_->listener), backlog,
                    [](uv_stream_t* stream, int status) {
                        if (status == 0) static_cast<Socket*>(stream->data)->accept();
                    }),
          endpoint);
    uv_prepare_start(&handles_->turn_end,
                     [](uv_prepare_t* prepare) { static_cast<Socket*>(prepare->data)->flush(); });
    port_ = bound_port(handles_->listener);
}

Socket::~Socket() {
    handles_->close_listener();
    for (const auto& client : slots_)
        if (client) client->abort();
    while (count_ > 0) {
        loop_.run_once();
        bury();
    }
    handles_->close(reinterpret_cast<uv_handle_t*>(&handles_->turn_end));
}

Client* Socket::client(ClientId id) {
    return id < slots_.size() ? slots_[id].get() : nullptr;
}

void Socket::accept() {
    if (free_.empty()) {
        free_.push_back(static_cast<ClientId>(slots_.size()));
        slots_.emplace_back();
    }
    const ClientId id = free_.back();
    free_.pop_back();
    slots_[id] = std::make_unique<Client>(id, hall_);
    connections_.set(static_cast<double>(++count_));
    const bool accepted = slots_[id]->accept(reinterpret_cast<uv_stream_t*>(&handles_->listener));
    if (accepted && count_ > settings_.max_clients) slots_[id]->refuse();
}

void Socket::flush() {
    bury();
    // A flush may make others dirty: those go out in the same turn.
    for (std::size_t at = 0; at < hall_.dirty.size(); ++at)
        if (Client* dirty = client(hall_.dirty[at])) dirty->flush();
    hall_.dirty.clear();
}

void Socket::bury() {
    for (const ClientId id : hall_.closed) {
        slots_[id].reset();
        free_.push_back(id);
        --count_;
    }
    if (hall_.closed.empty()) return;
    hall_.closed.clear();
    connections_.set(static_cast<double>(count_));
}

void Socket::tick() {
    const std::uint64_t now = loop_.now_ms();
    for (const auto& client : slots_)
        if (client) client->tick(now);
    if (!on_stopped_) return;
    const bool is_late =
        now - stopping_since_ >=
        static_cast<std::uint64_t>(std::chrono::milliseconds(limits::notifier_drain).count());
    if (is_late)
        for (const auto& client : slots_)
            if (client) client->abort();
    if (count_ == 0 || is_late) std::exchange(on_stopped_, nullptr)();
}

void Socket::stop(std::function<void()> on_stopped) {
    runtime::log_info("closing clients", {{"clients", count_}});
    handles_->close_listener();
    for (const auto& client : slots_)
        if (client) client->close(CloseCode::restart);
    on_stopped_ = std::move(on_stopped);
    stopping_since_ = loop_.now_ms();
    timer_.start(stopping_tick, stopping_tick);
}

}  // namespace itn::workers::notifier
