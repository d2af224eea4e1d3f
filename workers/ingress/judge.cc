#include "workers/ingress/judge.h"

#include <utility>

#include "common/base/limits.h"
#include "common/messaging/partner_queues.h"
#include "common/rights/rights.h"
#include "common/runtime/trace.h"

namespace itn::workers::ingress {

namespace {

constexpr std::string_view content_type = "application/vnd.itn+json";

Problem envelope_problem(std::string detail, std::string pointer = {}) {
    return {.slug = "envelope",
            .detail = detail,
            .faults = {{.pointer = std::move(pointer), .detail = std::move(detail)}}};
}

Problem problem_at(std::string slug, std::size_t index, std::string_view member,
                   std::string detail) {
    const std::string pointer = "/" + std::to_string(index) + std::string(member);
    return {.slug = std::move(slug),
            .detail = detail,
            .faults = {{.pointer = pointer, .detail = std::move(detail)}}};
}

/// Whether the partner itself sent the message, so that it hears what is wrong with it. The broker
/// lets nobody else publish to its exchange; but a partner may have its reply queues hand on what
/// they lose (dead letters), and an answer to an answer would be one too many.
bool is_of(const messaging::Delivery& delivery, std::string_view partner) {
    return delivery.routing_key == messaging::partner_command_key(partner) &&
           (delivery.user_id.empty() || delivery.user_id == partner);
}

/// The commands of one message, one after the other.
class Judge final {
public:
    Judge(const messaging::Delivery& delivery, const Knowledge& knowledge)
        : delivery_(delivery),
          knowledge_(knowledge),
          principal_(knowledge.partner.principal()),
          caller_(identity::caller_of(principal_,
                                      knowledge.partner.disabled
                                          ? identity::Roles{}
                                          : identity::Roles{identity::Role::partner},
                                      identity::machine_scopes, knowledge.partner.stations)),
          fault_(envelope_fault(delivery, knowledge.partner.name)),
          is_answered_(is_of(delivery, knowledge.partner.name)) {}

    Judged all(Parsed parsed) {
        if (!parsed) {
            refuse_whole(fault_.value_or(parsed.problem()));
            return std::move(judged_);
        }
        for (std::size_t i = 0; i < parsed->size(); ++i)
            one((*parsed)[i], i);
        return std::move(judged_);
    }

private:
    std::string reply_to(std::string_view said) const {
        if (!is_answered_) return {};
        return reply_queue(knowledge_.partner.name, said, delivery_.reply_to);
    }

    void refuse_whole(Problem problem) {
        judged_.refusals.push_back({.reply_to = reply_to({}),
                                    .message_id = delivery_.message_id,
                                    .problem = std::move(problem)});
    }

    void one(wire::PartnerElement& element, std::size_t index) {
        const std::string replies = reply_to(element.reply_to);
        auto stamped = stamp(element, index);
        if (stamped) {
            stamped->envelope.reply_to = replies;
            judged_.commands.push_back(std::move(stamped).value());
            return;
        }
        Refusal refusal{
            .reply_to = replies, .id = std::move(element.id), .problem = stamped.problem()};
        if (element.command) refusal.subject = element.command->wish.subject;
        judged_.refusals.push_back(std::move(refusal));
    }

    Result<gateway::Stamped> stamp(wire::PartnerElement& element, std::size_t index) {
        if (fault_) return *fault_;
        if (!element.command) return element.command.problem();
        if (auto problem = unwelcome(element, index)) return *std::move(problem);
        const auto& command = *element.command;
        auto stamped = gateway::stamp(
            command.wish, principal_, element.id, knowledge_.catalogue, knowledge_.now,
            runtime::trace_from(command.traceparent).traceparent, knowledge_.shards);
        if (!stamped) return wire::at_element(stamped.problem(), index);
        auto& envelope = stamped->envelope;
        // When it was meant is the partner's to say; whether that is too long ago is the worker's.
        if (command.issued_at) envelope.command.issued_at = *command.issued_at;
        return stamped;
    }

    std::optional<Problem> unwelcome(const wire::PartnerElement& element, std::size_t index) {
        const auto& partner = knowledge_.partner.name;
        if (!element.reply_to.empty() && !is_reply_queue(partner, element.reply_to))
            return problem_at("envelope", index, "/replyTo",
                              "must be a queue of your own, itn.reply." + partner + ".…");
        const auto& said = element.command->principal;
        if (!said.empty() && said != principal_.text())
            return problem_at("forbidden", index, "/principal", "You speak for yourself alone.");
        if (knowledge_.partner.disabled)
            return problem_at("forbidden", index, "", "This partner is disabled.");
        auto problem = rights::refuse(element.command->wish, caller_);
        if (!problem) return std::nullopt;
        return wire::at_element(*std::move(problem), index);
    }

    const messaging::Delivery& delivery_;
    const Knowledge& knowledge_;
    Principal principal_;
    identity::Caller caller_;
    std::optional<Problem> fault_;
    bool is_answered_;
    Judged judged_;
};

}  // namespace

std::optional<Problem> envelope_fault(const messaging::Delivery& delivery,
                                      std::string_view partner) {
    if (delivery.routing_key != messaging::partner_command_key(partner))
        return envelope_problem("The message was sent to another queue than yours.");
    if (delivery.user_id.empty())
        return envelope_problem("The message has no user-id: set it to your user's name.");
    if (delivery.user_id != partner) return envelope_problem("The message's user-id is not yours.");
    if (!delivery.other_headers.empty())
        return envelope_problem(
            "The message has headers or properties that are not taken here: "
            "CC, BCC, content-encoding, expiration and headers of your own.");
    if (delivery.content_type != content_type)
        return envelope_problem("The content type must be " + std::string(content_type) + ".");
    if (delivery.body.size() > limits::max_partner_message)
        return envelope_problem("The message has more than " +
                                std::to_string(limits::max_partner_message) + " bytes.");
    return std::nullopt;
}

Judged judge(const messaging::Delivery& delivery, Parsed parsed, const Knowledge& knowledge) {
    return Judge(delivery, knowledge).all(std::move(parsed));
}

}  // namespace itn::workers::ingress
