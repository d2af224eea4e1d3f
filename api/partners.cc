#include "api/partners.h"

#include <utility>

#include "api/account_answers.h"
#include "common/wire/account.h"

namespace itn::api {

namespace {

using storage::Accounts;
using storage::Changed;

Problem no_such_partner() {
    return problem_of("partner_not_found", "No partner has this name.");
}

/// The partner as it stands after a change, or what kept it from being made.
void finish(const Room& room, Call& call, Accounts& accounts, const wire::PartnerWish& wish,
            Changed changed, int status) {
    if (changed == Changed::exists)
        return call.problem(problem_of("partner_exists", "Another one has this name already."));
    if (changed == Changed::unknown_station)
        return call.problem(unknown_station_problem(room, wish.stations));
    const auto partner = accounts.partner(wish.name);
    if (changed != Changed::done || !partner) return call.problem(no_such_partner());
    room.doorkeeper.nudge();
    AnswerHeaders headers;
    if (status == 201) headers.emplace_back("Location", "/api/partners/" + wish.name);
    answer_unkept(call, status, wire::render(*partner), std::move(headers));
}

}  // namespace

void create_partner(const Room& room, CallPtr call) {
    auto wish = wire::parse_partner_wish(call->request().body, std::nullopt);
    if (!wish) return call->problem(wish.problem());
    if (const auto problem = stations_problem(room, wish->stations)) return call->problem(*problem);
    room.reads.run_write(call, [&room, call, wish = *std::move(wish)](storage::Reader& reader) {
        Accounts accounts(reader);
        const storage::Partner partner{
            .name = wish.name, .stations = wish.stations, .disabled = wish.disabled};
        const auto changed =
            accounts.add_partner(partner, room.clock.now(), call->caller().principal);
        finish(room, *call, accounts, wish, changed, 201);
    });
}

void list_partners(const Room& room, CallPtr call) {
    room.reads.run(call, [call](storage::Reader& reader) {
        std::vector<std::string> rows;
        for (const auto& partner : Accounts(reader).partners())
            rows.push_back(wire::render(partner));
        answer_unkept(*call, 200, render_list(rows));
    });
}

void show_partner(const Room& room, CallPtr call) {
    const std::string name(call->request().param("partner"));
    room.reads.run(call, [call, name](storage::Reader& reader) {
        const auto partner = Accounts(reader).partner(name);
        if (!partner) return call->problem(no_such_partner());
        answer_unkept(*call, 200, wire::render(*partner));
    });
}

void replace_partner(const Room& room, CallPtr call) {
    const auto name = call->request().param("partner");
    if (!wire::is_partner_name(name)) return call->problem(no_such_partner());
    auto wish = wire::parse_partner_wish(call->request().body, name);
    if (!wish) return call->problem(wish.problem());
    if (const auto problem = stations_problem(room, wish->stations)) return call->problem(*problem);
    room.reads.run_write(call, [&room, call, wish = *std::move(wish)](storage::Reader& reader) {
        Accounts accounts(reader);
        const auto changed = accounts.change_partner(wish.name, wish.stations, wish.disabled,
                                                     room.clock.now(), call->caller().principal);
        finish(room, *call, accounts, wish, changed, 200);
    });
}

}  // namespace itn::api
