#include "api/writes.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "api/answers.h"
#include "api/gate.h"
#include "api/headers.h"
#include "api/outcomes.h"
#include "common/gateway/stamp.h"
#include "common/rights/rights.h"
#include "common/runtime/log.h"
#include "common/runtime/uuid.h"

namespace itn::api {

namespace {

using gateway::Dispatched;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A stamped command and the call that wants to know. Once it is sent only the loop thread looks
/// at the last two members.
struct Write {
    const Room& room;
    CallPtr call;
    gateway::Stamped stamped;
    std::optional<std::chrono::seconds> wait;
    std::uint64_t waiter = 0;
    bool is_accepted = false;
    bool is_over = false;  // the time to wait is up
};
using WritePtr = std::shared_ptr<Write>;

const domain::Command& command_of(const Write& write) {
    return write.stamped.envelope.command;
}

Headers preference_headers(const Write& write) {
    if (!write.wait) return {};
    return {{"Preference-Applied", "wait=" + std::to_string(write.wait->count())}};
}

void answer_accepted(const Write& write) {
    const auto& command = command_of(write);
    // Nobody waited when too many did already.
    auto headers = write.waiter == 0 ? Headers{} : preference_headers(write);
    headers.emplace_back("Location", location_of(command.kind, command.subject));
    headers.emplace_back("Cache-Control", "no-store");
    runtime::log_debug("command accepted", {{"kind", domain::name(command.kind)},
                                            {"command_id", command.id.text()},
                                            {"subject", command.subject},
                                            {"trace_id", write.call->trace().id}});
    write.call->reply({.status = 202,
                       .body = render_accepted(command),
                       .content_type = "application/json",
                       .headers = std::move(headers)});
}

void answer_problem(const Write& write, const Problem& problem) {
    write.call->problem(problem, command_of(write).id.text());
}

/// The outcome of a key that came before, or of a wait whose reply may have been lost: with a wait
/// the thing itself, without one what became of the command.
void answer_known(const Write& write, const storage::OutcomeView& known,
                  const wire::Position& position) {
    const auto& [outcome, traceparent] = known;
    const auto& command = command_of(write);
    if (outcome.payload_hash != write.stamped.envelope.payload_hash)
        return answer_problem(write, key_reuse_problem());
    if (write.wait)
        return answer_outcome(write.room, write.call, command.kind, outcome,
                              preference_headers(write));
    write.call->reply({.status = 200,
                       .body = render_outcome(outcome, position.epoch, traceparent),
                       .content_type = "application/json",
                       .headers = {{"Location", location_of(command.kind, outcome.subject)},
                                   {"Cache-Control", "no-store"}}});
}

/// Looks the outcome up. What goes on, once, is `none` when there is none yet and `failed` when the
/// database does not answer in time. Whoever claims the look-up first decides it: a late answer is
/// not heard.
void look_up(const WritePtr& write, const std::function<void()>& none,
             const std::function<void()>& failed) {
    const auto claimed = std::make_shared<std::atomic<bool>>(false);
    write->room.reads.run(
        write->call,
        [write, none, claimed](storage::Reader& reader) {
            const auto& command = command_of(*write);
            const auto read = reader.outcome({.principal = command.principal, .id = command.id});
            if (claimed->exchange(true)) return;
            if (!read.value) return none();
            answer_known(*write, *read.value, read.position);
        },
        [failed, claimed] {
            if (!claimed->exchange(true)) failed();
        });
}

void answer_when_over(const WritePtr& write) {
    const auto accepted = [write] { answer_accepted(*write); };
    look_up(write, accepted, accepted);
}

void on_outcome(const WritePtr& write, const std::optional<wire::Outcome>& outcome) {
    if (outcome)
        return answer_outcome(write->room, write->call, command_of(*write).kind, *outcome,
                              preference_headers(*write));
    write->is_over = true;
    if (write->is_accepted) answer_when_over(write);
}

void on_dispatched(const WritePtr& write, Dispatched what) {
    if (what == Dispatched::accepted) {
        write->is_accepted = true;
        if (write->waiter == 0) return answer_accepted(*write);
        if (write->is_over) answer_when_over(write);
        return;
    }
    if (write->waiter != 0) write->room.waiters.cancel(write->waiter);
    answer_problem(*write, not_accepted_problem(what));
}

void start_waiting(const WritePtr& write) {
    auto& waiters = write->room.waiters;
    const auto& command = command_of(*write);
    write->waiter = waiters.wait({.principal = command.principal, .id = command.id}, *write->wait,
                                 [write](const auto& outcome) { on_outcome(write, outcome); });
    if (write->waiter != 0) write->stamped.envelope.reply_to = waiters.queue();
}

void send(const WritePtr& write) {
    if (write->wait) start_waiting(write);
    const auto waiter = write->waiter;
    if (write->room.dispatch.submit(write->stamped.envelope, write->stamped.lane,
                                    [write](Dispatched what) { on_dispatched(write, what); }))
        return;
    if (waiter != 0) write->room.waiters.cancel(waiter);
    answer_problem(*write, refused_problem());
}

/// This process saw the key with this wish before: most likely there is an outcome by now.
void send_again(const WritePtr& write) {
    const auto again = [write] { send(write); };
    look_up(write, again, again);
}

/// This process saw the key with another wish. Whose it became the outcome tells, since the other
/// may have lost it at another door; without an outcome it is the other's.
void judge_reuse(const WritePtr& write) {
    look_up(
        write, [write] { answer_problem(*write, key_reuse_problem()); },
        [write] { answer_problem(*write, reuse_unknown_problem()); });
}

}  // namespace

void submit_wish(const Room& room, CallPtr call, Result<wire::Wish> wish) {
    if (!wish) return call->problem(wish.problem());
    auto key = idempotency_key(call->request());
    if (!key) return call->problem(key.problem());
    auto stamped =
        gateway::stamp(*std::move(wish), call->caller().principal,
                       key->empty() ? runtime::uuid_v7() : *std::move(key), *room.catalogue.get(),
                       room.clock.now(), call->trace().traceparent, room.shards);
    if (!stamped) return call->problem(stamped.problem());
    if (const auto problem = rights::refuse(stamped->envelope.command, call->caller())) {
        note_refusal(room, *call, domain::name(stamped->envelope.command.kind));
        return call->problem(*problem);
    }
    const auto wait = preferred_wait(call->request());
    const auto write = std::make_shared<Write>(Write{.room = room,
                                                     .call = std::move(call),
                                                     .stamped = std::move(stamped).value(),
                                                     .wait = wait});
    const auto& command = command_of(*write);
    switch (room.remembered.see(command.principal, command.id.text(),
                                write->stamped.envelope.payload_hash)) {
        case gateway::Seen::fresh:
            return send(write);
        case gateway::Seen::same:
            return send_again(write);
        case gateway::Seen::other:
            return judge_reuse(write);
    }
}

}  // namespace itn::api
