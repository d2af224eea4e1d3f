#include "tests/api/front/fixture.h"

#include <poll.h>

#include <stdexcept>

namespace itn::api::front {

namespace {

Reply text(std::string body) {
    return {.status = 200, .body = std::move(body), .content_type = "text/plain", .headers = {}};
}

Reply page(int status, std::string_view detail, std::string_view) {
    return {.status = status,
            .body = R"({"detail":")" + std::string(detail) + R"("})",
            .content_type = "application/problem+json",
            .headers = {}};
}

std::string in_words(const Request& request) {
    std::string words(name(request.method));
    words += " " + request.path + " at " + request.route + " from " + request.peer + "\n";
    for (const auto& [key, value] : request.query)
        words += "query " + key + "=" + value + "\n";
    for (const auto& [key, value] : request.headers)
        words += key + ": " + value + "\n";
    return words;
}

void echo_body(Request request, Ticket ticket) {
    ticket.reply(text(std::move(request.body)));
}

}  // namespace

Answerer::Answerer() {
    for (int i = 0; i < 2; ++i)
        threads_.emplace_back([this] { run(); });
}

Answerer::~Answerer() {
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    added_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void Answerer::add(Ticket ticket, std::string body) {
    {
        const std::lock_guard lock(mutex_);
        work_.emplace_back(std::move(ticket), std::move(body));
    }
    added_.notify_one();
}

void Answerer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        added_.wait(lock, [&] { return done_ || !work_.empty(); });
        if (work_.empty()) return;
        auto [ticket, body] = std::move(work_.front());
        work_.pop_front();
        lock.unlock();
        ticket.reply(text(std::move(body)));
        lock.lock();
    }
}

Running::Running(Options options) : server(std::move(options), routes(), page) {
    server.start();
}

Running::~Running() {
    server.stop(std::chrono::milliseconds(0));
}

std::vector<Route> Running::routes() {
    std::vector<Route> routes;
    const auto add = [&](Method method, std::string pattern, Handler handler,
                         std::size_t max_body = limits::max_body) {
        routes.push_back({.method = method,
                          .pattern = std::move(pattern),
                          .max_body = max_body,
                          .handler = std::move(handler)});
    };
    add(Method::get, "/echo/:id", [](Request request, Ticket ticket) {
        ticket.reply(text(std::string(request.param("id")) + "|" +
                          std::string(request.query_value("a").value_or("none"))));
    });
    add(Method::post, "/echo", echo_body);
    add(Method::post, "/big", echo_body, limits::max_batch_body);
    add(Method::get, "/later/:id", [this](Request request, Ticket ticket) {
        answerer_.add(std::move(ticket), std::string(request.param(":id")));
    });
    add(Method::get, "/held", [this](Request, Ticket ticket) {
        const std::lock_guard lock(mutex_);
        held_.push_back(std::move(ticket));
    });
    add(Method::get, "/large/:size", [](Request request, Ticket ticket) {
        ticket.reply(text(std::string(std::stoul(std::string(request.param("size"))), 'x')));
    });
    add(Method::get, "/stall", [this](Request, Ticket ticket) {
        stalled_ = true;
        eventually([this] { return !stalled_; });
        ticket.reply(text("went on"));
    });
    add(Method::get, "/forget", [](Request, Ticket) {});
    add(Method::get, "/throw", [](Request, Ticket) { throw std::runtime_error("secret detail"); });
    add(Method::get, "/throw-int", [](Request, Ticket) { throw 42; });
    add(Method::get, "/header/:v", [](Request request, Ticket ticket) {
        Reply reply = text("");
        reply.headers.emplace_back("X-Value", request.param("v"));
        ticket.reply(std::move(reply));
    });
    add(Method::get, "/mirror",
        [](Request request, Ticket ticket) { ticket.reply(text(in_words(request))); });
    return routes;
}

std::vector<Ticket> Running::held(std::size_t count) {
    eventually([&] {
        const std::lock_guard lock(mutex_);
        return held_.size() >= count;
    });
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, {});
}

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        ::poll(nullptr, 0, 1);
    }
    return true;
}

std::optional<tests::HttpReply> ask(const Running& running, std::string_view method,
                                    std::string_view target, std::string_view body,
                                    const tests::Headers& headers) {
    return running.client().request(method, target, body, headers);
}

int status_of(const Running& running, std::string_view bytes, bool ends) {
    auto client = running.client();
    client.send(bytes);
    const auto reply = client.read_reply();
    if (!reply) return 0;
    if (ends && !client.ended_by_server()) return -reply->status;
    return reply->status;
}

bool is_alive(const Running& running) {
    const auto reply = ask(running, "GET", "/echo/alive");
    return reply && reply->body == "alive|none";
}

}  // namespace itn::api::front
