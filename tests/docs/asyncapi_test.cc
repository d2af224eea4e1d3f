// docs/asyncapi.yaml beside the domain's names and the tables of broker and notifier, both ways.

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <variant>

#include "api/documents.h"
#include "common/base/limits.h"
#include "common/domain/command.h"
#include "common/domain/event.h"
#include "common/messaging/partner_queues.h"
#include "common/messaging/topology.h"
#include "common/wire/partner_message.h"
#include "tests/docs/outline.h"
#include "workers/notifier/close_codes.h"

namespace itn::docs {
namespace {

using Texts = std::set<std::string>;

template <class Kind>
Texts names_up_to(Kind last) {
    Texts names;
    for (int i = 0; i <= static_cast<int>(last); ++i)
        names.insert(std::string(domain::name(static_cast<Kind>(i))));
    return names;
}

/// What follows `prefix` in the names of messages.
Texts messages(const std::string& prefix) {
    Texts names;
    for (const auto& key :
         keys_below(lines_of(api::asyncapi_document()), {"components", "messages"}))
        if (key.starts_with(prefix)) names.insert(key.substr(prefix.size()));
    return names;
}

/// "name: value" of each argument of the queue.
Texts arguments_of(const messaging::Queue& queue) {
    const auto shown = [](const auto& value) -> std::string {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, bool>)
            return value ? "true" : "false";
        else if constexpr (std::is_arithmetic_v<Value>)
            return std::to_string(value);
        else
            return value;
    };
    Texts arguments;
    for (const auto& argument : queue.arguments)
        arguments.insert(argument.first + ": " + std::visit(shown, argument.second));
    return arguments;
}

Texts arguments_in(const std::vector<Line>& lines, const std::string& channel) {
    Texts arguments;
    for (const auto& line :
         below(lines, {"channels", channel, "bindings", "amqp", "queue", "x-arguments"}))
        arguments.insert(line.text);
    return arguments;
}

TEST(Asyncapi, DescribesEveryKindOfCommandAndNothingElse) {
    EXPECT_EQ(messages("command."), names_up_to(domain::CommandKind::inventory_transfer));
}

TEST(Asyncapi, DescribesEveryKindOfEventAndNothingElse) {
    EXPECT_EQ(messages("event."), names_up_to(domain::EventKind::critical));
}

TEST(Asyncapi, NamesTheExchangesAndQueueArgumentsAsDeclared) {
    const auto& text = api::asyncapi_document();
    const auto topology = messaging::topology(1);
    for (const auto& exchange : topology.exchanges)
        EXPECT_NE(text.find(exchange.name), std::string::npos) << exchange.name;
    EXPECT_EQ(arguments_in(lines_of(text), "laneQueue"), arguments_of(topology.queues.front()));
}

TEST(Asyncapi, DescribesPartnersExchangeAndQueuesAsDeclared) {
    const auto& text = api::asyncapi_document();
    const auto lines = lines_of(text);
    const auto exchange = '`' + messaging::partner_exchange("{partner}") + '`';
    EXPECT_NE(text.find(exchange), std::string::npos) << exchange;
    const auto queues = messaging::partner_topology("acme").queues;
    ASSERT_EQ(queues.size(), 2U);
    EXPECT_EQ(arguments_in(lines, "partnerCommands"), arguments_of(queues[0]));
    EXPECT_EQ(arguments_in(lines, "partnerEvents"), arguments_of(queues[1]));
}

TEST(Asyncapi, ListsTheKindsThatPartnersMaySend) {
    Texts taken, listed;
    for (const auto& kind : names_up_to(domain::CommandKind::inventory_transfer)) {
        const auto parsed =
            wire::parse_partner_message(R"([{"id":"a","kind":")" + kind + R"(","body":{}}])");
        const auto& faults = parsed.value().front().command.problem().faults;
        if (faults.front().pointer != "/0/kind") taken.insert(kind);
    }
    for (const auto& line : below(lines_of(api::asyncapi_document()),
                                  {"components", "schemas", "PartnerKind", "enum"}))
        listed.insert(line.text.substr(2));
    EXPECT_EQ(listed, taken);
}

TEST(Asyncapi, ListsEveryCloseCodeAsTheTableHasIt) {
    using workers::notifier::ComeBack;
    const auto come_back = [](ComeBack when) {
        switch (when) {
            case ComeBack::no:
                return "no";
            case ComeBack::at_once:
                return "at_once";
            case ComeBack::later:
                return "later";
            case ComeBack::changed:
                return "changed";
        }
        return "";
    };
    Texts rows, listed;
    for (const auto& row : workers::notifier::close_table)
        rows.insert("- { code: " + std::to_string(static_cast<int>(row.code)) +
                    ", name: " + std::string(row.name) + ", comeBack: " + come_back(row.come_back) +
                    ", meaning: \"" + std::string(row.meaning) + "\" }");
    for (const auto& line :
         below(lines_of(api::asyncapi_document()), {"channels", "realTime", "x-close-codes"}))
        listed.insert(line.text);
    EXPECT_EQ(listed, rows);
}

}  // namespace
}  // namespace itn::docs
