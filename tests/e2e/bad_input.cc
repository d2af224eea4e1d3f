#include "tests/e2e/bad_input.h"

#include <fstream>
#include <sstream>

namespace itn::tests {

using nlohmann::json;

System* BadInputTest::system_ = nullptr;
BadInputTest::Person BadInputTest::nova_, BadInputTest::vega_, BadInputTest::sirius_;
std::string BadInputTest::nobody_;

void BadInputTest::SetUpTestSuite() {
    system_ = new System;
    nobody_ = system_->sql(
        "SELECT (SELECT count(*) FROM account) || ' ' || (SELECT count(*) FROM api_key) || ' ' || "
        "(SELECT count(*) FROM partner)");
    for (const char* id : {"ceres", "europa", "vesta", "pallas"})
        system_->add_station(id);
    system_->add_product("ice");
    system_->add_product("star", 1'000'000'000'000);
    system_->add_stock("ceres", "ice", 1'000'000);
    system_->add_stock("vesta", "ice", 1'000'000);
    nova_ = add_person("nova", "ceres");
    vega_ = add_person("vega", "europa");
    sirius_ = add_person("sirius", "vesta");
}

void BadInputTest::TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
}

BadInputTest::Person BadInputTest::add_person(const std::string& name, const std::string& station) {
    Person person{.token = system_->add_user(name, "trader", {station})};
    person.principal = "user:" + person.get("/api/users/me").body.at("userId").get<std::string>();
    return person;
}

Headers BadInputTest::Person::with(const Headers& more) const {
    Headers all = System::as(token);
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

Answer BadInputTest::Person::get(const std::string& path) const {
    return system_->get(path, with());
}

Answer BadInputTest::Person::send(const std::string& method, const std::string& path,
                                  const json& body, const Headers& more) const {
    return system_->send(method, path, body, with(more));
}

Answer BadInputTest::Person::trade(std::int64_t quantity, const Headers& more) const {
    return send("POST", "/api/trades", system_->trade_body("ceres", "europa", "ice", quantity),
                more);
}

std::string BadInputTest::Person::key(const std::string& name) const {
    const Answer made = send("POST", "/api/keys", {{"name", name}, {"scopes", {"read", "trade"}}});
    EXPECT_EQ(made.status, 201) << made.body;
    return made.body.value("key", "");
}

std::string slug_of(const Answer& answer) {
    if (!answer.body.is_object()) return "";
    const std::string type = answer.body.value("type", "");
    return type.substr(type.rfind('/') + 1);
}

std::string pointer_of(const Answer& answer) {
    if (!answer.body.is_object() || !answer.body.contains("errors")) return "";
    return answer.body.at("errors").at(0).value("pointer", "");
}

std::string text_of(const std::string& file) {
    std::stringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

const std::vector<std::string>& odd_values() {
    static const std::vector<std::string> values = {"null",
                                                    "true",
                                                    "-1",
                                                    "1e400",
                                                    "-0.0",
                                                    "9223372036854775807",
                                                    "-9223372036854775808",
                                                    "\"\"",
                                                    "\"" + std::string(10'000, 'x') + "\"",
                                                    R"("\u0000")",
                                                    R"("\ud83d\ude80")",
                                                    R"("'\\")",
                                                    "[]",
                                                    "{}",
                                                    "[[]]",
                                                    "[null]",
                                                    "[{}]",
                                                    R"([""])",
                                                    R"("9999-12-31T23:59:59Z")",
                                                    R"("0001-01-01T00:00:00Z")",
                                                    R"("2026-13-45T99:99:99Z")",
                                                    R"({"x":1e19,"y":null})"};
    return values;
}

std::string with_value(json body, const std::string& name, const std::string& value) {
    body[name] = "here";
    std::string text = body.dump();
    return text.replace(text.find("\"here\""), 6, value);
}

void expect_discreet(const Answer& answer) {
    const std::string text = answer.body.dump(-1, ' ', false, json::error_handler_t::replace);
    for (const char* word : {"pqxx", "std::", "SELECT ", "INSERT ", "/tmp", ".cc", "basic_string",
                             "terminate", "127.0.0.1", "ERROR:"})
        EXPECT_EQ(text.find(word), std::string::npos) << text;
}

}  // namespace itn::tests
