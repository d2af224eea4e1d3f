#include "common/messaging/session.h"

#include <utility>

#include "common/base/limits.h"

namespace itn::messaging {

Session::Session(runtime::Loop& loop, ConnectionSettings settings, Connection::Handlers handlers,
                 LogSink log)
    : loop_(loop),
      settings_(std::move(settings)),
      handlers_(std::move(handlers)),
      log_(std::move(log)),
      retry_(loop, [this] { connect(); }) {}

void Session::start() {
    connect();
}

Connection* Session::open() const {
    return connection_ && connection_->is_open() ? connection_.get() : nullptr;
}

void Session::log(Severity severity, std::string text) const {
    if (log_) log_(severity, settings_.name + ": " + std::move(text));
}

void Session::connect() {
    if (stopping_) {
        if (on_stopped_) std::exchange(on_stopped_, nullptr)();
        return;
    }
    auto handlers = handlers_;
    handlers.on_open = [this] { opened(); };
    handlers.on_closed = [this](std::string reason) { closed(std::move(reason)); };
    alive_ = true;
    connection_ = std::make_unique<Connection>(loop_, settings_, std::move(handlers));
}

void Session::opened() {
    opened_ms_ = loop_.now_ms();
    last_reason_.clear();
    log(Severity::info, "connected to " + settings_.url.text_without_password());
    handlers_.on_open();
}

void Session::closed(std::string reason) {
    alive_ = false;
    if (!stopping_ && reason != last_reason_) {
        log(Severity::warning, "connection to " + settings_.url.text_without_password() +
                                   " is down, will be tried again: " + reason);
        last_reason_ = reason;
    }
    // Only a connection that held proves that the next may be tried at once.
    const auto most =
        static_cast<std::uint64_t>(std::chrono::milliseconds(limits::reconnect_most).count());
    if (opened_ms_ != 0 && loop_.now_ms() - opened_ms_ > most) backoff_.reset();
    opened_ms_ = 0;
    handlers_.on_closed(std::move(reason));
    retry_.start(stopping_ ? std::chrono::milliseconds(0) : backoff_.next());
}

void Session::stop(std::function<void()> done) {
    stopping_ = true;
    on_stopped_ = std::move(done);
    if (alive_) {
        connection_->close();
    } else {
        retry_.start(std::chrono::milliseconds(0));
    }
}

}  // namespace itn::messaging
