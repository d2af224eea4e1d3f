// docs/openapi.yaml beside the api's own tables, both ways: no route without a description, no
// description without a route.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "api/documents.h"
#include "api/problem.h"
#include "api/routes.h"
#include "common/gateway/budgets.h"
#include "common/identity/permissions.h"
#include "tests/docs/outline.h"

namespace itn::docs {
namespace {

using Texts = std::set<std::string>;

/// "/api/trades/:transactionId" as OpenAPI writes it.
std::string templated(std::string_view pattern) {
    std::string path;
    bool is_open = false;
    for (const char c : pattern) {
        if (c == '/' && std::exchange(is_open, false)) path += '}';
        is_open = is_open || c == ':';
        path += c == ':' ? '{' : c;
    }
    return is_open ? path + '}' : path;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

std::string name_of(const api::RouteRow& row) {
    return lower(api::front::name(row.method)) + " " + templated(row.pattern);
}

std::map<std::string, Operation> described() {
    std::map<std::string, Operation> by_name;
    for (auto& operation : operations_of(api::openapi_document()))
        by_name.emplace(operation.method + " " + operation.path, operation);
    return by_name;
}

Texts types_of(api::Body body) {
    switch (body) {
        case api::Body::none:
            return {};
        case api::Body::json:
            return {"application/json"};
        case api::Body::json_or_ndjson:
            return {"application/json", "application/x-ndjson"};
        case api::Body::merge_patch:
            return {"application/merge-patch+json"};
        case api::Body::form:
            return {"application/x-www-form-urlencoded"};
    }
    return {};
}

TEST(Openapi, DescribesEveryRouteAndNothingElse) {
    Texts routes, operations;
    for (const auto& row : api::route_rows())
        routes.insert(name_of(row));
    for (const auto& [name, operation] : described())
        operations.insert(name);
    EXPECT_EQ(operations, routes);
}

TEST(Openapi, NamesEveryQueryParameterAndContentType) {
    const auto operations = described();
    for (const auto& row : api::route_rows()) {
        const auto found = operations.find(name_of(row));
        if (found == operations.end()) continue;
        EXPECT_EQ(found->second.query, Texts(row.parameters.begin(), row.parameters.end()))
            << name_of(row);
        EXPECT_EQ(found->second.body, types_of(row.body)) << name_of(row);
    }
}

TEST(Openapi, NamesTheScopeAndTheRateOfEveryRoute) {
    const auto operations = described();
    for (const auto& row : api::route_rows()) {
        const auto& operation = operations.at(name_of(row));
        const auto& permission = identity::permission_rows()[static_cast<std::size_t>(row.action)];
        const bool is_public = permission.anonymous == identity::Needs::always;
        EXPECT_EQ(operation.scope, is_public ? "" : identity::name(permission.scope))
            << name_of(row);
        EXPECT_EQ(operation.rate, row.rate ? gateway::name(*row.rate) : "") << name_of(row);
    }
}

TEST(Openapi, NamesEveryRateAsItIsSet) {
    const gateway::Rates rates;
    for (std::size_t i = 0; i < gateway::rate_classes; ++i) {
        const auto rate_class = static_cast<gateway::RateClass>(i);
        const auto& rate = rates.of(rate_class);
        EXPECT_EQ(rate.period, gateway::Rates::second);
        const auto line = "| " + std::string(gateway::name(rate_class)) + " | " +
                          std::to_string(rate.tokens) + " | " + std::to_string(rate.burst) + " |\n";
        EXPECT_NE(api::openapi_document().find(line), std::string::npos) << line;
    }
}

TEST(Openapi, NamesEveryRole) {
    for (const auto role :
         {identity::Role::auditor, identity::Role::trader, identity::Role::operator_,
          identity::Role::admin, identity::Role::partner}) {
        const auto row = "| " + std::string(identity::name(role)) + " | ";
        EXPECT_NE(api::openapi_document().find(row), std::string::npos) << row;
    }
}

TEST(Openapi, GivesEveryOperationANameOfItsOwn) {
    Texts ids;
    for (const auto& [name, operation] : described()) {
        EXPECT_FALSE(operation.id.empty()) << name;
        EXPECT_TRUE(ids.insert(operation.id).second) << operation.id;
    }
}

TEST(Openapi, ListsEveryKindOfProblemAsTheTableHasIt) {
    Texts rows, listed;
    for (const auto& kind : api::problem_kinds())
        rows.insert("- { const: /problems/" + std::string(kind.slug) + ", x-status: " +
                    std::to_string(kind.status) + ", title: \"" + std::string(kind.title) + "\" }");
    for (const auto& line : below(lines_of(api::openapi_document()),
                                  {"components", "schemas", "ProblemType", "oneOf"}))
        listed.insert(line.text);
    EXPECT_EQ(listed, rows);
}

TEST(Openapi, IsPlainAscii) {
    for (const auto* document : {&api::openapi_document(), &api::asyncapi_document()})
        EXPECT_TRUE(std::ranges::all_of(*document, [](char c) { return c == '\n' || c >= ' '; }));
}

TEST(Outline, ReadsByDepth) {
    const auto lines = lines_of("a:\n  b:\n    # not this\n    '/c': 1\n  d: 2\n\ne: 3\n");
    EXPECT_EQ(keys_below(lines, {}), (std::vector<std::string>{"a", "e"}));
    EXPECT_EQ(keys_below(lines, {"a"}), (std::vector<std::string>{"b", "d"}));
    EXPECT_EQ(keys_below(lines, {"a", "b"}), (std::vector<std::string>{"/c"}));
    EXPECT_TRUE(below(lines, {"a", "x"}).empty());
}

}  // namespace
}  // namespace itn::docs
