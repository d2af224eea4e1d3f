#include "workers/publication.h"

#include <algorithm>
#include <utility>

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::workers {

Publication::Publication(runtime::Loop& loop, messaging::Broker& broker, PublicationOptions options,
                         OnConfirmed on_confirmed)
    : broker_(broker),
      options_(std::move(options)),
      on_confirmed_(std::move(on_confirmed)),
      retry_timer_(loop, [this] { retry(); }) {}

std::size_t Publication::size_of(const Outgoing& outgoing) {
    std::size_t bytes = sizeof outgoing;
    for (const Part& part : outgoing.parts)
        bytes += sizeof part + part.rendered.size();
    return bytes;
}

void Publication::drop_waiting(Lane lane) {
    const auto found = lanes_.find(lane);
    if (found == lanes_.end()) return;
    for (const Outgoing& outgoing : found->second.waiting)
        waiting_bytes_ -= size_of(outgoing);
}

void Publication::begin(Lane lane, std::int64_t watermark) {
    drop_waiting(lane);
    lanes_.insert_or_assign(
        lane, LaneState{.generation = ++generations_, .taken = watermark, .confirmed = watermark});
}

void Publication::forget(Lane lane) {
    drop_waiting(lane);
    lanes_.erase(lane);
}

bool Publication::append(Lane lane, Outgoing outgoing) {
    LaneState& state = lanes_.at(lane);
    if (outgoing.seq <= state.taken) return true;
    if (outgoing.seq != state.taken + 1) return false;
    if (waiting_bytes_ >= limits::max_waiting_bytes) return false;
    waiting_bytes_ += size_of(outgoing);
    state.taken = outgoing.seq;
    state.waiting.push_back(std::move(outgoing));
    return true;
}

std::int64_t Publication::taken(Lane lane) const {
    return lanes_.at(lane).taken;
}

bool Publication::is_idle(Lane lane) const {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() || (found->second.waiting.empty() && found->second.under_way == 0);
}

bool Publication::is_idle() const {
    return std::ranges::all_of(lanes_, [this](const auto& lane) { return is_idle(lane.first); });
}

void Publication::send() {
    while (volleys_.size() < options_.most_volleys && broker_.state() == messaging::State::open) {
        const std::shared_ptr<Volley> volley = load();
        if (volley->spans.empty()) return;
        volley->unconfirmed = volley->messages.size();
        volleys_.push_back(volley);
        for (std::size_t i = 0; i < volley->messages.size(); ++i)
            publish(volley, i);
        if (volley->messages.empty()) retire();
    }
}

/// Takes what waits on every lane, and packs it into one message per key where the bounds allow.
std::shared_ptr<Publication::Volley> Publication::load() {
    struct Open {
        std::size_t message = 0;
        std::size_t parts = 0;
    };
    auto volley = std::make_shared<Volley>();
    std::map<std::string, Open> open;
    const auto add = [&](Part& part) {
        auto found = open.find(part.key);
        const bool fits =
            found != open.end() && found->second.parts < options_.most_parts_per_message &&
            volley->messages[found->second.message].body.size() + part.rendered.size() <
                limits::max_message;
        if (!fits) {
            volley->messages.push_back({.exchange = options_.exchange,
                                        .routing_key = part.key,
                                        .mandatory = options_.mandatory,
                                        .persistent = options_.persistent});
            found =
                open.insert_or_assign(part.key, Open{.message = volley->messages.size() - 1}).first;
        }
        std::string& body = volley->messages[found->second.message].body;
        body += body.empty() ? '[' : ',';
        body += part.rendered;
        ++found->second.parts;
    };
    for (auto& [lane, state] : lanes_) {
        if (state.waiting.empty()) continue;
        const auto count = std::min(state.waiting.size(), limits::max_entries_per_volley);
        for (std::size_t i = 0; i < count; ++i) {
            waiting_bytes_ -= size_of(state.waiting[i]);
            for (Part& part : state.waiting[i].parts)
                add(part);
        }
        const auto to = state.waiting[count - 1].seq;
        state.waiting.erase(state.waiting.begin(),
                            state.waiting.begin() + static_cast<std::ptrdiff_t>(count));
        ++state.under_way;
        volley->spans.push_back({.lane = lane, .generation = state.generation, .to = to});
    }
    for (messaging::Message& message : volley->messages)
        message.body += ']';
    return volley;
}

void Publication::publish(const std::shared_ptr<Volley>& volley, std::size_t index) {
    broker_.publish(volley->messages[index],
                    [this, volley, index, alive = std::weak_ptr(alive_)](auto published) {
                        if (!alive.expired()) on_published(volley, index, published);
                    });
}

void Publication::on_published(const std::shared_ptr<Volley>& volley, std::size_t index,
                               messaging::Published published) {
    if (published == messaging::Published::confirmed) {
        volley->messages[index] = {};
        --volley->unconfirmed;
        backoff_.reset();
        retire();
        send();
        return;
    }
    if (published != messaging::Published::lost) {
        runtime::log_limited(runtime::Level::warning, "publish refused",
                             {{"exchange", options_.exchange},
                              {"key", volley->messages[index].routing_key},
                              {"returned", published == messaging::Published::returned}});
    }
    failed_.emplace_back(volley, index);
    if (!retry_timer_.is_active()) retry_timer_.start(backoff_.next());
}

/// Moves watermarks over the volleys at the front that are confirmed whole.
void Publication::retire() {
    while (!volleys_.empty() && volleys_.front()->unconfirmed == 0) {
        const auto volley = volleys_.front();
        volleys_.pop_front();
        for (const Span& span : volley->spans) {
            const auto found = lanes_.find(span.lane);
            if (found == lanes_.end() || found->second.generation != span.generation) continue;
            LaneState& state = found->second;
            --state.under_way;
            const auto from = std::exchange(state.confirmed, span.to);
            on_confirmed_(span.lane, from, span.to);
        }
    }
}

void Publication::retry() {
    if (broker_.state() != messaging::State::open) {
        retry_timer_.start(backoff_.next());
        return;
    }
    for (const auto& [volley, index] : std::exchange(failed_, {}))
        publish(volley, index);
}

}  // namespace itn::workers
