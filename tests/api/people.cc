#include "tests/api/people.h"

#include <pqxx/pqxx>
#include <stdexcept>

namespace itn::api::tests {

std::string People::join(const std::string& name) {
    const auto reply =
        post("/api/auth/register",
             {{"name", name}, {"email", name + "@galaxy.example"}, {"password", good_password}},
             anonymous());
    if (reply.status != 201) throw std::runtime_error(reply.body);
    return Json::parse(reply.body).at("userId");
}

HttpReply People::sign_in(const std::string& name, const std::string& password) {
    return post("/api/auth/login", {{"email", name + "@galaxy.example"}, {"password", password}},
                anonymous());
}

Json People::session(const std::string& name, const std::string& password) {
    const auto reply = sign_in(name, password);
    if (reply.status != 200) throw std::runtime_error(reply.body);
    return Json::parse(reply.body);
}

Headers People::as(const std::string& name) {
    return bearer(session(name).at("accessToken"));
}

Headers People::as_admin(const std::string& name) {
    const auto id = join(name);
    if (appoint(id, "admin").status != 200) throw std::runtime_error("no admin was made");
    return as(name);
}

HttpReply People::appoint(const std::string& id, const std::string& role,
                          const std::vector<std::string>& stations) {
    return world().ask("PUT", "/api/users/" + id + "/role",
                       Json{{"role", role}, {"stations", stations}}.dump());
}

HttpReply People::post(std::string_view target, const Json& body, const Headers& headers) {
    return world().ask("POST", target, body.dump(), headers);
}

HttpReply People::put(std::string_view target, const Json& body, const Headers& headers) {
    return world().ask("PUT", target, body.dump(), headers);
}

HttpReply People::get(std::string_view target, const Headers& headers) {
    return world().ask("GET", target, {}, headers);
}

HttpReply People::erase(std::string_view target, const Headers& headers) {
    return world().ask("DELETE", target, {}, headers);
}

std::vector<std::string> People::texts(const std::string& sql) {
    pqxx::connection connection(world().database_url());
    pqxx::work work(connection);
    std::vector<std::string> out;
    for (const auto& row : work.exec(sql))
        out.emplace_back(row[0].is_null() ? "" : row[0].c_str());
    work.commit();
    return out;
}

std::size_t People::audited(const std::string& event) {
    return texts("SELECT id FROM audit_trail WHERE event = '" + event + "'").size();
}

Headers anonymous() {
    return {{"Authorization", ""}};
}

Headers bearer(const std::string& secret) {
    return {RoomWorld::bearer(secret)};
}

std::string untraced(const HttpReply& reply) {
    auto json = Json::parse(reply.body);
    json.erase("traceId");
    json.erase("instance");
    return std::to_string(reply.status) + " " + json.dump();
}

std::string pointer_of(const HttpReply& reply) {
    const auto json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object() || !json.contains("errors")) return {};
    return json.at("errors").at(0).at("pointer");
}

}  // namespace itn::api::tests
