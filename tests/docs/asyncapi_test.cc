// docs/asyncapi.yaml beside the domain's names and the tables of broker and notifier, both ways.

#include <gtest/gtest.h>

#include <string>

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
    Texts declared, listed;
    for (const auto& [name, value] : topology.queues.front().arguments)
        declared.insert(name);
    for (const auto& key : keys_below(
             lines_of(text), {"channels", "laneQueue", "bindings", "amqp", "queue", "x-arguments"}))
        listed.insert(key);
    EXPECT_EQ(listed, declared);
}

TEST(Asyncapi, DescribesPartnersQueuesAsDeclared) {
    const auto lines = lines_of(api::asyncapi_document());
    const auto queues = messaging::partner_topology("acme").queues;
    Texts declared, listed;
    for (const auto& [name, value] : queues.front().arguments)
        declared.insert(name);
    for (const auto& key : keys_below(
             lines, {"channels", "partnerCommands", "bindings", "amqp", "queue", "x-arguments"}))
        listed.insert(key);
    EXPECT_EQ(listed, declared);
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
