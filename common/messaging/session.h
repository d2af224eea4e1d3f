#pragma once

// A connection that comes back: whenever it ends, another one is tried with backoff, for ever,
// until stop(). Publisher and Consumer each hold one.

#include <functional>
#include <memory>
#include <string>

#include "common/base/backoff.h"
#include "common/messaging/connection.h"

namespace itn::messaging {

enum class Severity { info, warning, error };
using LogSink = std::function<void(Severity, std::string)>;

class Session final {
public:
    /// The handlers are those of each Connection in turn; on_closed comes for each one that was
    /// open or was to become so.
    Session(runtime::Loop& loop, ConnectionSettings settings, Connection::Handlers handlers,
            LogSink log);

    void start();
    /// The connection when it is open, else null.
    Connection* open() const;
    /// Closes politely; `done` is called once, on a later turn, after the last handler.
    void stop(std::function<void()> done);
    void log(Severity severity, std::string text) const;

private:
    void connect();
    void opened();
    void closed(std::string reason);

    runtime::Loop& loop_;
    ConnectionSettings settings_;
    Connection::Handlers handlers_;
    LogSink log_;
    Backoff backoff_;
    runtime::Timer retry_;
    std::unique_ptr<Connection> connection_;
    std::string last_reason_;  // not to log the same failure at each attempt
    std::uint64_t opened_ms_ = 0;
    std::function<void()> on_stopped_;
    bool alive_ = false;  // a connection is open or being tried
    bool stopping_ = false;
};

}  // namespace itn::messaging
