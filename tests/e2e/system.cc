#include "tests/e2e/system.h"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <sstream>
#include <stdexcept>

#include "tests/support/private_postgres.h"
#include "tests/support/private_rabbitmq.h"
#include "tests/support/process.h"

namespace itn::tests {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::string binary(const std::string& program) {
    return std::string(ITN_BIN_DIR) + '/' + program;
}

json read_json(const std::string& path) {
    std::ifstream file(path);
    return json::parse(file, nullptr, false);
}

std::uint16_t admin_port(const json& ports) {
    return ports.contains("admin_port") ? ports.at("admin_port").get<std::uint16_t>()
                                        : ports.at("port").get<std::uint16_t>();
}

Answer answer_of(const std::optional<HttpReply>& reply) {
    if (!reply) return {};
    Answer answer{.status = reply->status, .body = json::parse(reply->body, nullptr, false)};
    for (const auto& [name, value] : reply->headers) {
        std::string lower = name;
        for (char& c : lower)
            c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        answer.headers.emplace(std::move(lower), value);
    }
    return answer;
}

/// The headers with the token, unless they say already who it is; an empty one is left out.
Headers signed_in(const Headers& headers, const std::string& token) {
    Headers all = headers;
    const auto is_who = [](const auto& header) { return header.first == "Authorization"; };
    if (std::ranges::none_of(all, is_who) && !token.empty()) {
        all.emplace_back("Authorization", "Bearer " + token);
    }
    std::erase_if(all, [&](const auto& header) { return is_who(header) && header.second.empty(); });
    return all;
}

}  // namespace

System::System() {
    std::string directory = (std::filesystem::temp_directory_path() / "itn-e2e-XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = directory;
    amqp_url_ = private_rabbitmq().url();
    database_url_ = private_postgres().fresh_database();
    admit_components();
    std::filesystem::create_directory(directory_ + "/public");
    add_key("signing");
    // Of the tools that the test runs; each process gets its own.
    setenv("ITN_DATABASE_URL", database_url_.c_str(), 1);
    setenv("ITN_AMQP_URL", amqp_url_of("itn_migrate").c_str(), 1);
    setenv("ITN_SHARDS", "4", 1);
    const Ran migrated = run_program({binary("itn-migrate")});
    if (migrated.code != 0) throw std::runtime_error("itn-migrate: " + migrated.output);
    for (const char* program : {"itn-notifier", "itn-trade-worker", "itn-cargo-worker",
                                "itn-inventory-worker", "itn-api"}) {
        start(program);
    }
    add_admin();
}

System::~System() {
    for (auto& [program, all] : processes_) {
        for (Process& one : all)
            one.child.signal(SIGTERM);
    }
    for (auto& [program, all] : processes_) {
        for (Process& one : all)
            one.child.wait(10s);
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::size_t System::start(const std::string& program, const Settings& settings) {
    const std::string port_file = directory_ + "/ports-" + std::to_string(started_++);
    auto& all = processes_[program];
    auto environment = settings;
    environment.merge(environment_of(program));
    environment["ITN_PORT_FILE"] = port_file;
    all.push_back(
        {.child = Child({binary(program)}, environment, directory_ + '/' + program + ".log"),
         .port_file = port_file});
    await_ready(program, all.back());
    return all.size() - 1;
}

void System::await_ready(const std::string& program, Process& process) {
    const bool is_ready = eventually(
        [&] {
            if (!process.child.is_running()) {
                throw std::runtime_error(program + " ended: " + last_lines(program));
            }
            const json ports = read_json(process.port_file);
            if (!ports.is_object()) return false;
            if (program == "itn-api") api_port_ = ports.at("port").get<std::uint16_t>();
            if (program == "itn-notifier") notifier_port_ = ports.at("port").get<std::uint16_t>();
            try {
                HttpClient client(admin_port(ports), 1s);
                const auto reply = client.request("GET", "/readyz");
                return reply && reply->status == 200;
            } catch (const std::system_error&) {
                return false;
            }
        },
        30s);
    if (!is_ready) throw std::runtime_error(program + " is not ready: " + last_lines(program));
}

std::string System::last_lines(const std::string& program) const {
    std::ifstream file(directory_ + '/' + program + ".log");
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

Child& System::process(const std::string& program, std::size_t index) {
    return processes_.at(program).at(index).child;
}

double System::metric(const std::string& program, const std::string& series, std::size_t index) {
    const Process& one = processes_.at(program).at(index);
    const auto page =
        HttpClient(admin_port(read_json(one.port_file)), 5s).request("GET", "/metrics");
    if (!page) throw std::runtime_error(program + " shows no metrics");
    const std::string line = '\n' + series + ' ';
    const auto at = page->body.find(line);
    return at == page->body.npos ? 0 : std::stod(page->body.substr(at + line.size()));
}

void System::stop(const std::string& program, std::size_t index) {
    Child& child = process(program, index);
    child.signal(SIGTERM);
    if (child.wait(20s) != 0) throw std::runtime_error(program + " ended: " + last_lines(program));
}

void System::kill(const std::string& program, std::size_t index) {
    Child& child = process(program, index);
    child.signal(SIGKILL);
    child.wait(10s);
}

Answer System::get(const std::string& path, const Headers& headers) {
    HttpClient client(api_port_, 40s);
    return answer_of(client.request("GET", path, {}, signed_in(headers, admin_token_)));
}

Answer System::send(const std::string& method, const std::string& path, const json& body,
                    const Headers& headers) {
    return send_text(method, path, body.dump(), headers);
}

Answer System::send_text(const std::string& method, const std::string& path,
                         const std::string& body, const Headers& headers) {
    HttpClient client(api_port_, 40s);
    Headers all = signed_in(headers, admin_token_);
    const auto is_type = [](const auto& header) { return header.first == "Content-Type"; };
    if (std::ranges::none_of(all, is_type)) all.emplace_back("Content-Type", "application/json");
    return answer_of(client.request(method, path, body, all));
}

void System::add_station(const std::string& id) {
    const Answer answer = send("POST", "/api/stations",
                               {{"stationId", id},
                                {"name", id},
                                {"kind", "planet"},
                                {"position", {{"x", 1}, {"y", 2}, {"z", 3}}}});
    if (answer.status != 201) throw std::runtime_error("station: " + answer.body.dump());
}

void System::add_product(const std::string& id, std::int64_t unit_price) {
    const Answer answer = send("POST", "/api/products",
                               {{"productId", id},
                                {"name", id},
                                {"description", "of a test"},
                                {"category", "test"},
                                {"brand", "test"},
                                {"unitPrice", unit_price},
                                {"unitVolume", 1}});
    if (answer.status != 201) throw std::runtime_error("product: " + answer.body.dump());
}

void System::add_stock(const std::string& station, const std::string& product,
                       std::int64_t quantity) {
    const Answer answer = send("POST", "/api/inventory/" + station + "/adjustments",
                               {{"productId", product}, {"delta", quantity}, {"reason", "restock"}},
                               {{"Prefer", "wait=20"}});
    if (answer.status != 200 && answer.status != 201) {
        throw std::runtime_error("stock: " + std::to_string(answer.status) + answer.body.dump());
    }
}

void System::add_market() {
    for (const char* id : {"ceres", "europa"})
        add_station(id);
    add_product("ice");
    add_stock("ceres", "ice", 1000);
}

json System::trade_body(const std::string& seller, const std::string& buyer,
                        const std::string& product, std::int64_t quantity) const {
    return {{"tradeType", "buy"},
            {"seller", seller},
            {"buyer", buyer},
            {"items", json::array({{{"productId", product}, {"quantity", quantity}}})}};
}

std::string System::sql(const std::string& query) {
    pqxx::connection connection(database_url_);
    pqxx::nontransaction work(connection);
    const pqxx::result result = work.exec(query);
    return result.empty() || result[0][0].is_null() ? "" : result[0][0].c_str();
}

bool System::is_settled() {
    const bool is_published =
        sql("SELECT count(*) FROM lane WHERE published_seq < last_seq OR reacted_seq < last_seq") ==
        "0";
    if (!is_published) return false;
    // A reaction that was published may still wait in its queue: nothing may change for a moment.
    const std::string before = sql("SELECT sum(last_seq) FROM lane");
    for (int look = 0; look < 40; ++look)
        rest();
    return sql("SELECT sum(last_seq) FROM lane") == before;
}

std::optional<std::string> System::audit(const std::vector<std::string>& accepted) {
    const std::string file = directory_ + "/accepted";
    std::ofstream out(file);
    for (const std::string& id : accepted)
        out << id << '\n';
    out.close();
    const Ran ran = run_program({binary("itn-audit"), "--accepted", file});
    if (ran.code == 0) return std::nullopt;
    return ran.output;
}

}  // namespace itn::tests
