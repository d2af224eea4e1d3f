// Fields that no route knows, sent to every route that takes a body: whoever hopes that one of them
// is written down is told its name.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/routes.h"
#include "tests/api/played_galaxy.h"

namespace itn::api::tests {
namespace {

constexpr const char* uuid = "00000000-0000-7000-8000-00000000dead";

bool takes_fields(const RouteRow& row) {
    return row.body == Body::json || row.body == Body::json_or_ndjson ||
           row.body == Body::merge_patch;
}

std::string target_of(const RouteRow& row) {
    std::string target;
    std::string_view rest = row.pattern;
    for (auto colon = rest.find(':'); colon != rest.npos; colon = rest.find(':')) {
        target += rest.substr(0, colon);
        rest.remove_prefix(colon);
        const auto name = rest.substr(1, std::min(rest.find('/'), rest.size()) - 1);
        const bool is_uuid = name == "transactionId" || name == "userId";
        target += is_uuid ? uuid : name == "productId" ? "ice" : "ceres";
        rest.remove_prefix(name.size() + 1);
    }
    return target + std::string(rest);
}

/// The places that the problem names, whether it is the answer's or that of a batch's first line.
std::set<std::string> pointers_of(const HttpReply& reply) {
    auto problem = Json::parse(reply.body, nullptr, false);
    if (problem.is_object() && problem.contains("results")) problem = problem["results"].at(0);
    if (problem.is_object() && problem.contains("problem")) problem = problem["problem"];
    std::set<std::string> pointers;
    if (!problem.is_object() || !problem.contains("errors")) return pointers;
    for (const auto& fault : problem["errors"]) {
        const auto pointer = fault.at("pointer").get<std::string>();
        pointers.insert(pointer.substr(pointer.rfind('/')));
    }
    return pointers;
}

TEST(MassAssignment, EveryBodyNamesTheFieldItDoesNotKnow) {
    PlayedGalaxy galaxy;
    const auto& world = galaxy.world();
    const Json intruders = {{"principal", "system"}, {"price", 1},      {"createdAt", "now"},
                            {"password_hash", "x"},  {"onHand", 1'000}, {"issuedAt", "now"}};
    std::size_t routes = 0;
    for (const auto& row : route_rows()) {
        if (!takes_fields(row)) continue;
        SCOPED_TRACE(std::string(front::name(row.method)) + " " + std::string(row.pattern));
        const bool is_batch = row.body == Body::json_or_ndjson;
        const auto body = is_batch ? Json::array({intruders}) : intruders;
        const auto* type =
            row.body == Body::merge_patch ? "application/merge-patch+json" : "application/json";
        const auto reply = world.ask(front::name(row.method), target_of(row), body.dump(),
                                     {{"Content-Type", type}});
        EXPECT_EQ(reply.status, is_batch ? 200 : 400) << reply.body;
        const auto pointers = pointers_of(reply);
        for (const auto& [name, value] : intruders.items())
            EXPECT_TRUE(pointers.contains("/" + name)) << name << reply.body;
        ++routes;
    }
    EXPECT_GE(routes, 20U);
    EXPECT_EQ(world.queued(), 0U);
}

}  // namespace
}  // namespace itn::api::tests
