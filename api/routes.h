#pragma once

// The table of all routes: what each path takes, what a caller must be allowed to do there, who
// answers it. The front matches paths and methods; this table adds what every call has: a trace, a
// place among the pending, its metrics, the gate (gate.h), the checks of content type and of query
// parameters, and a last catch.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/front/front.h"
#include "api/headers.h"
#include "api/room.h"
#include "common/base/limits.h"
#include "common/gateway/budgets.h"
#include "common/identity/permissions.h"

namespace itn::api {

using Handle = void (*)(const Room& room, CallPtr call);

struct RouteRow {
    front::Method method = front::Method::get;
    std::string_view pattern{};
    Handle handle = nullptr;
    /// What is done to something here. A row that says nothing lets nobody in: no caller may let a
    /// trade fail.
    identity::Action action = identity::Action::trade_fail;
    /// Whose rate it counts to; nullopt for the pages by which a process is watched: they are
    /// everybody's and ask for nothing.
    std::optional<gateway::RateClass> rate = gateway::RateClass::account;
    std::vector<std::string_view> parameters{};  // of the query
    Body body = Body::none;
    std::size_t max_body = limits::max_body;
};

/// Every route of the api, in the order of contracts and documentation.
std::span<const RouteRow> route_rows();

/// The routes for the front; `room` outlives the server they are given to.
std::vector<front::Route> routes(const Room& room);
/// How errors look that the front finds itself.
front::Reply error_page(int status, std::string_view detail, std::string_view path);

}  // namespace itn::api
