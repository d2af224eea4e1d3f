#include "tests/api/room_world.h"

#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "api/gauges.h"
#include "api/routes.h"
#include "common/messaging/topology.h"
#include "common/runtime/uuid.h"

namespace itn::api::tests {

namespace {

using Json = nlohmann::json;

gateway::Catalogue small_catalogue() {
    gateway::Catalogue catalogue;
    for (const auto* id : {"ceres", "mars"})
        catalogue.stations.emplace(
            StationId(id),
            wire::Station{.id = StationId(id), .name = id, .kind = "planet", .version = 1});
    for (const auto* id : {"ice", "iron"})
        catalogue.products.emplace(ProductId(id), wire::Product{.id = ProductId(id),
                                                                .name = id,
                                                                .unit_price = Credits(250),
                                                                .unit_volume = Volume(1),
                                                                .version = 1});
    return catalogue;
}

std::shared_ptr<const identity::KeySet> test_keys() {
    static const auto keys = [] {
        std::vector<identity::Ed25519Key> list{
            identity::Ed25519Key::from_pem(identity::fresh_key_pem()).value()};
        return std::make_shared<const identity::KeySet>(
            identity::KeySet::of(std::move(list)).value());
    }();
    return keys;
}

bool has_header(const Headers& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

}  // namespace

gateway::Rates patient_rates() {
    constexpr identity::Rate plenty{
        .tokens = 10'000, .period = std::chrono::seconds(1), .burst = 10'000};
    gateway::Rates rates;
    rates.account = plenty;
    rates.sign_in = plenty;
    return rates;
}

const Who& an_admin() {
    static const Who who{.principal = Principal("user:01900000-0000-7000-8000-00000000000a"),
                         .roles = identity::Roles(identity::Role::admin)};
    return who;
}

RoomWorld::RoomWorld(const std::string& database_url, std::size_t pending,
                     std::chrono::milliseconds read_deadline, const gateway::Rates& rates)
    : database_url_(database_url),
      pending_(pending),
      budgets_("", "test", rates),
      audit_(database_url == no_database ? "" : database_url, "test"),
      catalogue_(database_url),
      reads_({.database_url = database_url, .threads = 2, .deadline = read_deadline}),
      passwords_(database_url) {
    if (database_url == no_database)
        catalogue_.set(small_catalogue());
    else
        catalogue_.start();
    memory_->declare(messaging::topology(shards));
    broker_.emplace(loop_, memory_);
    dispatch_.emplace(loop_, *broker_);
    waiters_.emplace(loop_, *broker_, "api", "test");
    doorkeeper_.emplace(gateway::Doorkeeper::Options{
        .database_url = database_url == no_database ? "" : database_url,
        .application = "test",
        .keys = test_keys(),
        .issuer = "itn",
        .audience = "itn"});
    doorkeeper_->start();
    admins_token_ = token(an_admin());
    room_.emplace(Room{.shards = shards,
                       .notifier_url = "http://127.0.0.1:9/api/updates/real-time",
                       .doorkeeper = *doorkeeper_,
                       .budgets = budgets_,
                       .audit = audit_,
                       .dispatch = *dispatch_,
                       .waiters = *waiters_,
                       .remembered = remembered_,
                       .catalogue = catalogue_,
                       .reads = reads_,
                       .passwords = passwords_,
                       .summaries = summaries_,
                       .clock = clock_,
                       .health = health_,
                       .metrics = metrics_,
                       .pending = pending_});
    health_.add("rabbitmq", [this] {
        return dispatch_->is_available() ? std::optional<std::string>() : "not available";
    });
    server_ = std::make_unique<front::Server>(front::Options{}, routes(*room_), error_page);
    add_gauges(*room_, *server_);
    start_broker();
    server_->start();
}

RoomWorld::~RoomWorld() {
    server_->stop(std::chrono::seconds(5));
    passwords_.stop();
    reads_.stop();
    loop_.stop();
    thread_.join();
    waiters_.reset();
    dispatch_.reset();
    broker_.reset();
}

void RoomWorld::start_broker() {
    broker_->start([this](messaging::State state) { dispatch_->on_state(state); });
    thread_ = std::thread([this] { loop_.run(); });
    if (!eventually([this] { return dispatch_->is_available(); }))
        throw std::runtime_error("the broker in memory did not open");
}

void RoomWorld::on_loop(std::function<void()> task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    done.get_future().wait();
}

HttpReply RoomWorld::ask(std::string_view method, std::string_view target, std::string_view body,
                         Headers headers) const {
    if (!has_header(headers, "Authorization")) headers.push_back(bearer(admins_token_));
    std::erase_if(headers, [](const auto& header) { return header.second.empty(); });
    if (!body.empty() && !has_header(headers, "Content-Type"))
        headers.emplace_back("Content-Type", "application/json");
    auto reply = client().request(method, target, body, headers);
    if (!reply) throw std::runtime_error("no reply to " + std::string(target));
    return *std::move(reply);
}

std::string RoomWorld::token(const Who& who) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    return identity::sign_token(doorkeeper_->keys(), {.issuer = "itn",
                                                      .audience = "itn",
                                                      .subject = who.principal,
                                                      .client = "test",
                                                      .token_id = runtime::uuid_v7(),
                                                      .issued_at = now,
                                                      .expires_at = now + limits::max_token_life,
                                                      .roles = who.roles,
                                                      .scopes = who.scopes,
                                                      .stations = who.stations,
                                                      .version = 1})
        .value();
}

std::size_t RoomWorld::queued() const {
    std::size_t sum = 0;
    for (const auto& lane : messaging::lanes_with_queue(shards))
        sum += memory_->depth(messaging::queue_name(lane));
    return sum;
}

std::vector<std::string> RoomWorld::commands() const {
    std::vector<std::string> out;
    for (const auto& lane : messaging::lanes_with_queue(shards))
        for (const auto& body : memory_->waiting(messaging::queue_name(lane)))
            for (const auto& envelope : Json::parse(body))
                out.push_back(envelope.dump());
    return out;
}

void RoomWorld::reply_outcome(wire::OutcomeKind kind, const std::string& code,
                              const std::string& detail) {
    if (!eventually([this] { return queued() > 0; }))
        throw std::runtime_error("no command was queued");
    const auto envelope = Json::parse(commands().front());
    const wire::Outcome outcome{.principal = Principal(envelope.at("principal")),
                                .id = CommandId(envelope.at("id")),
                                .kind = kind,
                                .code = code,
                                .detail = detail,
                                .subject = envelope.at("subject")};
    messaging::Delivery delivery;
    delivery.body = "[" + wire::render(outcome, "epoch") + "]";
    memory_->put(envelope.at("replyTo"), delivery);
}

bool eventually(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

std::string good_trade() {
    return R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
           R"("items":[{"productId":"ice","quantity":5}]})";
}

std::string slug_of(const HttpReply& reply) {
    const auto json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object() || !json.contains("type")) return {};
    const std::string type = json.at("type");
    return type.substr(type.rfind('/') + 1);
}

}  // namespace itn::api::tests
