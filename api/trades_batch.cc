#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/answers.h"
#include "api/gate.h"
#include "api/headers.h"
#include "api/trades.h"
#include "api/writes.h"
#include "common/gateway/stamp.h"
#include "common/rights/rights.h"
#include "common/runtime/uuid.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

/// Where the answers to a batch are gathered. Each line is written once, by the thread that knows
/// it; whoever writes the last one answers the call.
class Batch final {
public:
    Batch(CallPtr call, std::size_t size, bool is_ndjson)
        : call_(std::move(call)), lines_(size), left_(size + 1), is_ndjson_(is_ndjson) {}

    void accept(std::size_t index, const domain::Command& command) {
        auto members = render_ids(command);
        members.append(R"(,"location":")")
            .append(location_of(command.kind, command.subject))
            .append(1, '"');
        put(index, 202, members);
    }

    void refuse(std::size_t index, const Problem& problem, std::string_view command_id) {
        const auto body = render_problem(problem, {.instance = call_->request().path,
                                                   .trace_id = call_->trace().id,
                                                   .command_id = command_id});
        put(index, problem_kind(problem.slug).status, std::string("\"problem\":").append(body));
    }

    /// The audit trail gets a line for each kind that was not allowed, however often it came.
    void forbid(domain::CommandKind kind) { ++forbidden_[kind]; }
    void note_forbidden(const Room& room) const {
        for (const auto& [kind, times] : forbidden_)
            note_refusal(room, *call_,
                         std::string(domain::name(kind)) + ", " + std::to_string(times) +
                             (times == 1 ? " time" : " times"));
    }

    /// One line less to wait for; the reader of the batch counts as one.
    void done() {
        if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) answer();
    }

    const CallPtr& call() const { return call_; }

private:
    void put(std::size_t index, int status, const std::string& members) {
        lines_[index].append("{\"index\":").append(std::to_string(index));
        lines_[index].append(",\"status\":").append(std::to_string(status));
        lines_[index].append(1, ',').append(members).append(1, '}');
        done();
    }

    void answer() {
        front::Reply reply{.status = 200,
                           .body = {},
                           .content_type = "application/json",
                           .headers = {{"Cache-Control", "no-store"}}};
        if (is_ndjson_) {
            reply.content_type = "application/x-ndjson";
            for (const auto& line : lines_)
                reply.body.append(line).append("\n");
        } else {
            reply.body = "{\"results\":" + joined(lines_) + "}";
        }
        call_->reply(std::move(reply));
    }

    CallPtr call_;
    std::vector<std::string> lines_;
    std::map<domain::CommandKind, std::size_t> forbidden_{};  // of the reader's thread
    std::atomic<std::size_t> left_;
    bool is_ndjson_;
};

/// The element's own key, else that of the whole request with the element's place, else a fresh
/// one.
std::string key_of(const wire::BatchElement& element, std::string_view batch_key,
                   std::size_t index) {
    if (!element.key.empty()) return element.key;
    if (batch_key.empty()) return runtime::uuid_v7();
    return std::string(batch_key) + ":" + std::to_string(index);
}

using BatchPtr = std::shared_ptr<Batch>;

/// A command whose key this process saw with another wish.
struct Doubt {
    std::size_t index = 0;
    gateway::Stamped stamped{};
};
using Doubts = std::vector<Doubt>;

void send(const Room& room, const BatchPtr& batch, std::size_t index,
          const gateway::Stamped& stamped) {
    const auto& command = stamped.envelope.command;
    const auto on_dispatched = [batch, index, command](gateway::Dispatched what) {
        if (what == gateway::Dispatched::accepted) return batch->accept(index, command);
        batch->refuse(index, not_accepted_problem(what), command.id.text());
    };
    if (!room.dispatch.submit(stamped.envelope, stamped.lane, on_dispatched))
        batch->refuse(index, refused_problem(), command.id.text());
}

void refuse(Batch& batch, const Doubt& doubt, const Problem& problem) {
    batch.refuse(doubt.index, problem, doubt.stamped.envelope.command.id.text());
}

/// The hash of the wish that each key belongs to, "" for none yet; fewer when somebody else has
/// claimed the look meanwhile.
std::vector<std::string> owners_of(const Doubts& doubts, storage::Reader& reader,
                                   const std::atomic<bool>& claimed) {
    std::vector<std::string> owners;
    for (const Doubt& doubt : doubts) {
        if (claimed) break;
        const auto& command = doubt.stamped.envelope.command;
        const auto read = reader.outcome({.principal = command.principal, .id = command.id});
        owners.push_back(read.value ? read.value->outcome.payload_hash : "");
    }
    return owners;
}

/// Only the outcomes tell whose the keys became: the wish that came before may have lost its key at
/// another door. Whoever claims the look first decides it: a late answer is not heard.
void judge_reuse(const Room& room, const BatchPtr& batch, Doubts all) {
    const auto doubts = std::make_shared<const Doubts>(std::move(all));
    const auto claimed = std::make_shared<std::atomic<bool>>(false);
    room.reads.run_heavy(
        batch->call(),
        [&room, batch, doubts, claimed](storage::Reader& reader) {
            const auto owners = owners_of(*doubts, reader, *claimed);
            if (claimed->exchange(true)) return;
            for (std::size_t i = 0; i < doubts->size(); ++i) {
                const Doubt& doubt = (*doubts)[i];
                if (owners[i] == doubt.stamped.envelope.payload_hash)
                    send(room, batch, doubt.index, doubt.stamped);
                else
                    refuse(*batch, doubt, key_reuse_problem());
            }
        },
        [batch, doubts, claimed] {
            if (claimed->exchange(true)) return;
            for (const Doubt& doubt : *doubts)
                refuse(*batch, doubt, reuse_unknown_problem());
        });
}

/// Stamps the element and sends it, or says in the batch why not; or leaves it among the doubts.
void submit_element(const Room& room, const gateway::Catalogue& catalogue, const BatchPtr& batch,
                    std::size_t index, wire::BatchElement element, std::string_view batch_key,
                    Doubts& doubts) {
    if (!element.wish) return batch->refuse(index, element.wish.problem(), {});
    const auto& caller = batch->call()->caller();
    auto stamped = gateway::stamp(*std::move(element.wish), caller.principal,
                                  key_of(element, batch_key, index), catalogue, room.clock.now(),
                                  batch->call()->trace().traceparent, room.shards);
    if (!stamped) return batch->refuse(index, stamped.problem(), {});
    if (const auto problem = rights::refuse(stamped->envelope.command, caller)) {
        batch->forbid(stamped->envelope.command.kind);
        return batch->refuse(index, *problem, {});
    }
    const auto& envelope = stamped->envelope;
    const auto& command = envelope.command;
    if (room.remembered.see(command.principal, command.id.text(), envelope.payload_hash) ==
        gateway::Seen::other)
        return doubts.push_back({.index = index, .stamped = std::move(stamped).value()});
    send(room, batch, index, *stamped);
}

}  // namespace

void create_trades(const Room& room, CallPtr call) {
    const auto key = idempotency_key(call->request());
    if (!key) return call->problem(key.problem());
    const bool ndjson = is_ndjson(call->request());
    auto elements = wire::parse_trade_batch(call->request().body, ndjson);
    if (!elements) return call->problem(elements.problem());
    if (!spend_writes(room, *call, elements->size())) return;
    const auto catalogue = room.catalogue.get();
    const auto batch = std::make_shared<Batch>(std::move(call), elements->size(), ndjson);
    Doubts doubts;
    for (std::size_t index = 0; index < elements->size(); ++index)
        submit_element(room, *catalogue, batch, index, std::move((*elements)[index]), *key, doubts);
    batch->note_forbidden(room);
    if (!doubts.empty()) judge_reuse(room, batch, std::move(doubts));
    batch->done();
}

}  // namespace itn::api
