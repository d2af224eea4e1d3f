#include "api/front/front.h"

#include <pistache/reactor.h>
#include <unistd.h>

#include <utility>

#include "api/front/framing.h"
#include "api/front/listener.h"
#include "api/front/mailbox.h"
#include "api/front/shared.h"
#include "api/front/worker.h"
#include "common/base/ensure.h"

namespace itn::api::front {

std::string_view Request::param(std::string_view name) const {
    if (name.starts_with(':')) name.remove_prefix(1);
    for (const auto& [key, value] : params)
        if (key == name) return value;
    return {};
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

std::optional<std::string_view> Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (same_name(key, name)) return value;
    return std::nullopt;
}

class Server::Inside final {
public:
    Inside(Options options, std::vector<Route> routes, ErrorPage error_page) {
        shared_.options = std::move(options);
        shared_.routes = std::move(routes);
        shared_.error_page = std::move(error_page);
    }

    void start() {
        ENSURE(!reactor_ && !shared_.stopping);
        const Options& options = shared_.options;
        ENSURE(options.threads > 0);
        const auto listeners =
            open_listeners(options.host, options.port, options.threads, options.backlog);
        port_ = listeners.port;
        for (const int listener : listeners.descriptors) {
            auto& seat = *shared_.seats.emplace_back(std::make_unique<Seat>());
            seat.listener = listener;
            seat.mailbox = std::make_shared<Ticket::Mailbox>();
        }
        reactor_ = Pistache::Aio::Reactor::create();
        reactor_->init(Pistache::Aio::AsyncContext(options.threads, "http"));
        reactor_->addHandler(std::make_shared<WorkerMaker>(shared_));
        reactor_->run();
    }

    void stop(std::chrono::milliseconds grace) {
        if (!reactor_) return;
        shared_.stopping = true;
        for (const auto& seat : shared_.seats)
            seat->mailbox->ring();
        {
            std::unique_lock lock(shared_.mutex);
            shared_.drained_one.wait_for(lock, grace,
                                         [&] { return shared_.drained == shared_.seats.size(); });
        }
        reactor_->shutdown();
        reactor_.reset();  // joins the workers
    }

    std::uint16_t port() const { return port_; }

    Counters counters() const {
        Counters sum;
        for (const auto& seat : shared_.seats) {
            const Tally& tally = seat->tally;
            sum.accepted += tally.accepted.value();
            sum.requests += tally.requests.value();
            sum.replies += tally.replies.value();
            sum.late_replies += tally.late_replies.value();
            sum.deadlines += tally.deadlines.value();
            sum.bad_requests += tally.bad_requests.value();
            sum.slow_closed += tally.slow_closed.value();
            sum.refused_connections += tally.refused_connections.value();
            sum.accept_pauses += tally.accept_pauses.value();
            sum.faults += tally.faults.value();
            sum.open += tally.open.value();
            sum.pending += tally.pending.value();
        }
        return sum;
    }

private:
    Shared shared_;
    std::shared_ptr<Pistache::Aio::Reactor> reactor_;
    std::uint16_t port_ = 0;
};

Server::Server(Options options, std::vector<Route> routes, ErrorPage error_page)
    : inside_(
          std::make_unique<Inside>(std::move(options), std::move(routes), std::move(error_page))) {}

Server::~Server() {
    inside_->stop(std::chrono::milliseconds(0));
}

void Server::start() {
    inside_->start();
}

std::uint16_t Server::port() const {
    return inside_->port();
}

Counters Server::counters() const {
    return inside_->counters();
}

void Server::stop(std::chrono::milliseconds grace) {
    inside_->stop(grace);
}

}  // namespace itn::api::front
