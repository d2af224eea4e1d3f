#include "workers/notifier/room.h"

#include "common/base/limits.h"
#include "common/runtime/log.h"
#include "workers/notifier/telling.h"

namespace itn::workers::notifier {
namespace {

constexpr std::size_t half_queue = limits::max_client_queue / 2;

/// Whether it names one thing that only some may read.
bool is_looked_up(const Topic& topic) {
    return topic.kind == TopicKind::trade_id || topic.kind == TopicKind::cargo_id;
}

Problem not_looked_up() {
    return {.slug = "too_many_requests",
            .detail = "too much to look up: the topics count, but ask later whether they are there",
            .faults = {{"/subscribe", "later"}}};
}

}  // namespace

Room::Room(Feed& feed, JournalThread& journal, runtime::Metrics& metrics)
    : feed_(feed),
      journal_(journal),
      look_ups_([this](ClientId id, const LookUp& look_up, std::function<void()> done) {
          ask(id, look_up, std::move(done));
      }),
      delivered_(metrics.counter("itn_ws_events_total", "Events queued for clients.")),
      recovered_(metrics.counter("itn_ws_resumes_total", "Clients that came back, by result.",
                                 {{"result", "recovered"}})),
      resynced_(metrics.counter("itn_ws_resumes_total", "Clients that came back, by result.",
                                {{"result", "resync"}})) {}

void Room::on_opening(Client& client, Opening opening) {
    if (seats_.size() <= client.id()) seats_.resize(client.id() + 1);
    Seat& seat = seats_[client.id()];
    seat.number = ++seated_;
    seat.ear = Ear(client.visitor());
    const auto topics = opening.topics.value_or(std::vector<Topic>{Topic{}});
    const auto fresh = hub_.subscribe(client.id(), topics).value_or(Hub::Places{});
    if (opening.since)
        come_back(client, std::move(*opening.since));
    else
        greet(client);
    if (!client.is_open()) return;
    if (const auto problem = look_up(client, topics, fresh)) tell(client, *problem);
}

void Room::come_back(Client& client, wire::Position since) {
    seats_[client.id()].resume =
        std::make_shared<Resume>(std::move(since), std::chrono::steady_clock::now());
    waiting_.insert(client.id());
    try_catch_up(client);
}

void Room::on_renewed(Client& client) {
    seats_[client.id()].ear = Ear(client.visitor());
}

std::optional<Problem> Room::on_change(Client& client, Change change) {
    hub_.unsubscribe(client.id(), change.unsubscribe);
    if (const auto fresh = hub_.subscribe(client.id(), change.subscribe))
        return look_up(client, change.subscribe, *fresh);
    return Problem{
        .slug = "too_many_topics",
        .detail = std::string("at most ") + std::to_string(limits::max_topics) + " topics",
        .faults = {{"/subscribe", "too many"}}};
}

std::optional<Problem> Room::look_up(Client& client, const std::vector<Topic>& topics,
                                     const Hub::Places& fresh) {
    std::vector<LookUp> wanted;
    for (const std::size_t place : fresh)
        if (is_looked_up(topics[place])) wanted.push_back({.topic = topics[place], .place = place});
    if (wanted.empty()) return std::nullopt;
    if (look_ups_.waiting_of(client.id()) + wanted.size() > limits::max_client_look_ups)
        return not_looked_up();
    // Not the fault of this client alone, and so no mark against it.
    if (look_ups_.waiting() + wanted.size() > limits::max_look_ups ||
        !spend_(client.visitor()->caller.principal, static_cast<std::int64_t>(wanted.size()))) {
        tell(client, not_looked_up());
        return std::nullopt;
    }
    for (LookUp& one : wanted)
        look_ups_.add(client.id(), std::move(one));
    return std::nullopt;
}

void Room::ask(ClientId id, const LookUp& look_up, std::function<void()> done) {
    const bool is_trade = look_up.topic.kind == TopicKind::trade_id;
    const auto take = [this, id, is_trade, place = look_up.place, number = seats_[id].number,
                       done = std::move(done)](std::optional<bool> may_read) {
        if (!may_read.value_or(true) && seats_[id].number == number)
            tell(*find_(id),
                 {.slug = "not_found",
                  .detail = is_trade ? "there is no such trade" : "there is no such shipment",
                  .faults = {{"/subscribe/" + std::to_string(place), "not found"}}});
        done();
    };
    journal_.may_read(find_(id)->visitor(), look_up.topic, take);
}

void Room::tell(Client& client, const Problem& problem) {
    client.send_json("error", error_json(problem.detail, problem.faults.front().pointer));
}

void Room::on_gone(Client& client) {
    hub_.remove(client.id());
    look_ups_.remove(client.id());
    waiting_.erase(client.id());
    seats_[client.id()] = {};
}

void Room::on_event(const Event& event, const std::string& position) {
    if (!hub_.is_heard(event.kind)) return;
    hub_.match(event, hub_.needs_concerns() ? concerns_of(event) : Concerns{}, hearers_);
    Telling telling(event, position);
    Concerned concerned(event);
    for (const ClientId id : hearers_) {
        const Client* client = find_(id);
        if (client == nullptr || !client->is_open()) continue;
        if (!seats_[id].ear.may_hear(concerned)) continue;
        const bool with_causes = seats_[id].ear.may_hear_causes(concerned);
        deliver(id, telling.of(*client, with_causes),
                client->conflates() ? telling.subject() : nullptr);
    }
}

void Room::deliver(ClientId id, const Frame& frame, const Subject& subject) {
    Client& client = *find_(id);
    const auto resume = seats_[id].resume;
    if (!resume) {
        delivered_.add();
        return client.send(frame, subject);
    }
    if (!resume->is_waiting() && !resume->hold(frame)) resync(client, "too_far_behind");
}

void Room::greet(Client& client) {
    const std::string& position = feed_.position().text();
    client.send_json("hello", hello_json(position, false), position);
}

void Room::resync(Client& client, std::string_view reason) {
    resynced_.add();
    waiting_.erase(client.id());
    seats_[client.id()].resume.reset();
    client.send_json("resync_required", resync_json(reason));
    greet(client);
}

void Room::try_catch_up(Client& client) {
    const auto resume = seats_[client.id()].resume;
    const wire::Position& here = feed_.position().position();
    if (resume->since().epoch != here.epoch) return resync(client, "epoch_changed");
    if (is_beyond(resume->since(), here)) return;
    if (distance(resume->since(), here) > limits::max_resume)
        return resync(client, "too_far_behind");
    waiting_.erase(client.id());
    resume->catch_up(here);
    recovered_.add();
    client.send_json("hello", hello_json(resume->position(), true), resume->position());
    pump(client);
}

void Room::pump(Client& client) {
    const auto resume = seats_[client.id()].resume;
    while (client.is_open() && client.queued() < half_queue) {
        if (const auto event = resume->next_missed()) {
            send_missed(client, *event, resume->position());
        } else if (Frame frame = resume->next_held()) {
            delivered_.add();
            client.send(std::move(frame));
        } else {
            break;
        }
    }
    if (!client.is_open()) return;
    if (resume->is_done())
        seats_[client.id()].resume.reset();
    else
        read_page(client);
}

void Room::send_missed(Client& client, const Event& event, const std::string& position) {
    if (!hub_.hears(client.id(), event, hub_.needs_concerns() ? concerns_of(event) : Concerns{}))
        return;
    Concerned concerned(event);
    const Ear& ear = seats_[client.id()].ear;
    if (!ear.may_hear(concerned)) return;
    delivered_.add();
    Telling telling(event, position);
    client.send(telling.of(client, ear.may_hear_causes(concerned)));
}

void Room::read_page(Client& client) {
    const auto& resume = seats_[client.id()].resume;
    const auto page = resume->next_page();
    if (!page) return;
    journal_.read(
        JournalThread::Urgency::client, page->lane, page->after, page->limit,
        [this, id = client.id(), weak = std::weak_ptr(resume)](
            std::optional<std::vector<Event>> events) { take_page(id, weak, std::move(events)); },
        [weak = std::weak_ptr(resume)] { return !weak.expired(); });
}

void Room::take_page(ClientId id, const std::weak_ptr<Resume>& weak,
                     std::optional<std::vector<Event>> events) {
    const auto resume = weak.lock();
    // Not the one that asked: it left, or was told to resync.
    if (!resume || seats_[id].resume != resume) return;
    Client& client = *find_(id);
    if (!events) return client.close(CloseCode::try_later);
    if (!resume->take_page(std::move(*events))) return resync(client, "history_gone");
    pump(client);
}

void Room::on_drained(Client& client) {
    const auto resume = seats_[client.id()].resume;
    if (resume && !resume->is_waiting()) pump(client);
}

void Room::for_waiting(const std::function<void(Client&, Resume&)>& act) {
    const std::set<ClientId> waiting = waiting_;
    for (const ClientId id : waiting)
        if (Client* client = find_(id)) act(*client, *seats_[id].resume);
}

void Room::on_moved() {
    tell_moved_();
    if (!waiting_.empty()) for_waiting([this](Client& client, Resume&) { try_catch_up(client); });
}

void Room::on_compared(const wire::Position& counters, Order::Time asked) {
    const auto now = std::chrono::steady_clock::now();
    for_waiting([&](Client& client, Resume& resume) {
        if (asked >= resume.began() && is_beyond(resume.since(), counters))
            return resync(client, "future_position");
        if (now - resume.began() > limits::resume_deadline)
            return resync(client, "unreachable_position");
        try_catch_up(client);
    });
}

void Room::on_restart() {
    runtime::log_warning("clients have to resync", {{"clients", seats_.size()}});
    for (ClientId id = 0; id < seats_.size(); ++id) {
        Client* client = seats_[id].number != 0 ? find_(id) : nullptr;
        if (client != nullptr && client->is_open()) resync(*client, "epoch_changed");
    }
}

}  // namespace itn::workers::notifier
