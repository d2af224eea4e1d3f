#include "workers/ingress/replies.h"

#include <utility>

#include "common/base/limits.h"
#include "common/messaging/partner_queues.h"
#include "common/wire/envelope.h"
#include "common/wire/ids.h"
#include "common/wire/json_text.h"

namespace itn::workers::ingress {

std::string render(const Refusal& refusal) {
    const auto& [slug, detail, faults] = refusal.problem;
    std::string out;
    wire::JsonObject object(out);
    object.text_if("id", refusal.id);
    object.text("outcome", "rejected");
    object.text("code", slug);
    object.text("detail", detail);
    object.text("pointer", faults.empty() ? std::string_view() : faults.front().pointer);
    if (faults.size() > 1) {
        object.array("errors", faults, [](std::string& text, const Fault& fault) {
            wire::JsonObject error(text);
            error.text("pointer", fault.pointer);
            error.text("detail", fault.detail);
            error.close();
        });
    }
    object.text_if("subject", refusal.subject);
    object.text_if("messageId", refusal.message_id);
    object.close();
    return out;
}

std::multimap<std::string, std::string> reply_messages(const std::vector<Refusal>& refusals) {
    struct Open {
        std::vector<std::string> elements{};
        std::size_t bytes = 0;
    };
    std::map<std::string, Open> open;
    std::multimap<std::string, std::string> messages;
    const auto close = [&](const std::string& queue, Open& message) {
        messages.emplace(queue, wire::pack(std::exchange(message, {}).elements));
    };
    for (const auto& refusal : refusals) {
        if (refusal.reply_to.empty()) continue;
        auto& message = open[refusal.reply_to];
        std::string element = render(refusal);
        if (message.bytes > 0 && message.bytes + element.size() > limits::max_message)
            close(refusal.reply_to, message);
        message.bytes += element.size() + 1;
        message.elements.push_back(std::move(element));
    }
    for (auto& [queue, message] : open)
        close(queue, message);
    return messages;
}

bool is_reply_queue(std::string_view partner, std::string_view queue) {
    const auto prefix = messaging::partner_reply_prefix(partner);
    return queue.size() > prefix.size() && queue.starts_with(prefix) && wire::is_command_id(queue);
}

std::string reply_queue(std::string_view partner, std::string_view said,
                        std::string_view property) {
    for (const auto queue : {said, property})
        if (is_reply_queue(partner, queue)) return std::string(queue);
    return {};
}

}  // namespace itn::workers::ingress
