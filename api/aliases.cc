#include "api/aliases.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/answers.h"

namespace itn::api {

namespace {

void redirect(Call& call, std::string location) {
    call.reply({.status = 308,
                .body = {},
                .content_type = {},
                .headers = {{"Location", std::move(location)}}});
}

std::string_view renamed(std::string_view parameter) {
    if (parameter == "startDate") return "from";
    if (parameter == "endDate") return "to";
    return parameter;
}

/// `path` with the request's query under today's names.
std::string target(const Call& call, std::string path) {
    for (const auto& [name, value] : call.request().query)
        append_parameter(path, renamed(name), value);
    return path;
}

}  // namespace

void redirect_trades_history(const Room&, CallPtr call) {
    redirect(*call, target(*call, "/api/trades"));
}

void redirect_all_trades(const Room&, CallPtr call) {
    redirect(*call, target(*call, "/api/trades"));
}

void redirect_all_cargo(const Room&, CallPtr call) {
    redirect(*call, target(*call, "/api/cargo"));
}

void redirect_inventory(const Room&, CallPtr call) {
    redirect(*call, target(*call, "/api/inventory"));
}

}  // namespace itn::api
