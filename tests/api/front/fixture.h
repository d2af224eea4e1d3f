#pragma once

// A front with a handful of routes, for tests over real sockets.
//
//     GET  /echo/:id       "id|query a", at once          POST /echo, /big   the body, at once
//     GET  /later/:id      "id", from another thread      GET  /held         kept until asked for
//     GET  /large/:size    that many bytes                GET  /forget       drops its ticket
//     GET  /stall          keeps its http thread until it is let go
//     GET  /throw, /throw-int                             GET  /header/:v    X-Value: v
//     GET  /mirror         the request in words

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "api/front/front.h"
#include "tests/support/http_client.h"

namespace itn::api::front {

/// Two threads that answer tickets in the order they are given, more or less.
class Answerer final {
public:
    Answerer();
    ~Answerer();
    void add(Ticket ticket, std::string body);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable added_;
    std::deque<std::pair<Ticket, std::string>> work_;
    bool done_ = false;
    std::vector<std::thread> threads_;
};

class Running final {
public:
    explicit Running(Options options = {});
    ~Running();

    tests::HttpClient client(std::chrono::milliseconds deadline = std::chrono::seconds(5)) const {
        return tests::HttpClient(server.port(), deadline);
    }
    /// Takes the tickets of /held once there are `count` of them; fewer when that takes too long.
    std::vector<Ticket> held(std::size_t count);
    /// Whether an http thread is in /stall now, and lets it go.
    bool is_stalled() const { return stalled_; }
    void let_go() { stalled_ = false; }

private:
    std::vector<Route> routes();

    std::mutex mutex_;
    std::vector<Ticket> held_;
    std::atomic<bool> stalled_{false};
    Answerer answerer_;

public:
    Server server;
};

/// Polls until `condition` holds; false after ten seconds.
bool eventually(const std::function<bool()>& condition);

/// One exchange on a connection of its own.
std::optional<tests::HttpReply> ask(const Running& running, std::string_view method,
                                    std::string_view target, std::string_view body = {},
                                    const tests::Headers& headers = {});

/// Sends raw bytes on a connection of its own and gives back the status of the first reply, 0 for
/// none. The connection must end after it when `ends`.
int status_of(const Running& running, std::string_view bytes, bool ends = false);

/// True when the front still answers.
bool is_alive(const Running& running);

}  // namespace itn::api::front
