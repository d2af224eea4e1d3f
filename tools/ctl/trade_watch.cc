// itnctl trade watch: the real-time feed over server-sent events. An interruption costs nothing:
// the feed goes on after the last event that came whole.

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "tools/ctl/arguments.h"
#include "tools/ctl/event_stream.h"
#include "tools/ctl/trade.h"

namespace itn::ctl {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{500};
constexpr milliseconds longest_pause{10'000};

constexpr int upgrade_required = 426;

/// "https://host" of "https://user@host:1/path"; in brackets for an address of version 6.
std::string host_of(const std::string& url) {
    const auto begin = url.find("://") + 3;
    std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    authority.erase(0, authority.rfind('@') + 1);
    const auto colon =
        authority.find(':', authority.find(']') == authority.npos ? 0 : authority.find(']'));
    return url.substr(0, begin) + authority.substr(0, colon);
}

class Follower {
public:
    Follower(Desk& desk, const Watch& watch) : desk_(desk), watch_(watch) {
        const std::string& feed = desk.environment().feed_url;
        go_to(feed.empty() ? desk.environment().url + "/api/updates/real-time" : feed);
    }

    int run() {
        milliseconds pause = first_pause;
        for (std::string refused; !is_over_;) {
            const std::string secret = desk_.bearer(refused);
            client_->authorize(secret);
            const std::string seen = stream_.last_id();
            stream_.restart();
            const auto response = client_->stream(
                query(), headers(), [this](std::string_view bytes) { return take(bytes); });
            if (is_over_) break;
            if (response.status == upgrade_required && !is_shown_) {
                is_shown_ = true;
                const auto link = response.headers.find("link");
                go_to(signposted_feed(link == response.headers.end() ? "" : link->second,
                                      desk_.environment().url));
                continue;
            }
            judge(response, !secret.empty() && refused.empty());
            refused = response.status == 401 ? secret : "";
            if (stream_.last_id() != seen) pause = first_pause;
            std::this_thread::sleep_for(pause);
            pause = std::min(pause * 2, longest_pause);
        }
        return 0;
    }

private:
    void go_to(const std::string& feed) {
        client_ = std::make_unique<tools::Client>(feed);
        client_->trust(desk_.environment().ca_file);
    }

    std::string query() const {
        const std::string topic = watch_.trade.empty() ? "trade" : "trade:" + watch_.trade;
        return query_of({{"subscribe", topic}, {"since", watch_.since}});
    }

    Headers headers() const {
        Headers all = {{"Accept", "text/event-stream"}};
        if (!stream_.last_id().empty()) all.emplace_back("Last-Event-ID", stream_.last_id());
        return all;
    }

    /// Throws for what another try does not mend.
    static void judge(const tools::Response& response, bool may_sign_in_again) {
        const Exit exit = exit_of(response.status);
        const bool is_setting = response.obstacle == tools::Obstacle::address ||
                                response.obstacle == tools::Obstacle::certificate;
        const bool is_interruption =
            response.status == 200 || (exit == Exit::unreachable && !is_setting);
        const bool is_mended = exit == Exit::signed_out && may_sign_in_again;
        if (!is_interruption && !is_mended) throw trouble_of(response);
    }

    bool take(std::string_view bytes) {
        for (const StreamEvent& event : stream_.feed(bytes))
            show(event);
        return !is_over_;
    }

    void show(const StreamEvent& event) {
        const json frame = json::parse(event.text, nullptr, false);
        if (!frame.is_object()) return;
        const std::string type = frame.value("type", "");
        if (type == "resync_required") desk_.remark("some events were missed: read the state anew");
        if (type != "event") return;
        if (desk_.environment().json) {
            std::cout << frame.dump() << std::endl;
        } else {
            std::cout << cell(frame, "/at") << "  " << cell(frame, "/event") << "  "
                      << cell(frame, "/subject") << std::endl;
        }
        is_over_ = is_over_ || is_end(frame);
    }

    bool is_end(const json& frame) const {
        if (watch_.trade.empty() || frame.value("subject", "") != watch_.trade) return false;
        const std::string kind = frame.value("event", "");
        return kind.starts_with("trade.") && is_final_trade(kind.substr(6));
    }

    Desk& desk_;
    Watch watch_;
    std::unique_ptr<tools::Client> client_{};
    EventStream stream_;
    bool is_over_ = false;
    bool is_shown_ = false;  // the API said where the feed is
};

/// From where the trade's present state was read; nullopt when there is nothing to come.
std::optional<Watch> start_of(Desk& desk, Watch watch) {
    if (watch.trade.empty() || !watch.since.empty()) return watch;
    const auto response = desk.call("GET", "/api/trades/" + tools::escaped(watch.trade));
    if (is_final_trade(response.body.value("status", ""))) {
        desk.print(response.body, trade_fields());
        return std::nullopt;
    }
    const auto position = response.headers.find("x-itn-position");
    if (position != response.headers.end()) watch.since = position->second;
    return watch;
}

}  // namespace

std::string signposted_feed(const std::string& link, const std::string& api_url) {
    const auto end = link.find('>');
    if (!link.starts_with('<') || end == link.npos)
        throw Trouble(Exit::usage, "the real-time feed is not at " + api_url + ": set ITN_WS_URL");
    const std::string named = link.substr(1, end - 1);
    const std::string feed = as_http(named);
    const std::string there =
        feed.starts_with("http") && feed.find("://") != feed.npos ? host_of(feed) : "";
    const std::string here = host_of(api_url);
    const bool is_safer = !there.empty() && here == "http" + there.substr(there.find("://")) &&
                          there.starts_with("https://");
    if (there != here && !is_safer)
        throw Trouble(Exit::usage, "the real-time feed is said to be at " + printable(named) +
                                       ", on another host: set ITN_WS_URL to it if that is right");
    return feed;
}

int watch_trades(Desk& desk, const Watch& watch) {
    const auto start = start_of(desk, watch);
    return start ? Follower(desk, *start).run() : 0;
}

}  // namespace itn::ctl
