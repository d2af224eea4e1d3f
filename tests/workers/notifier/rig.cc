#include "tests/workers/notifier/rig.h"

#include <algorithm>
#include <future>
#include <stdexcept>

namespace itn::workers::notifier::tests {
namespace {

constexpr const char* queue = "itn.watch.notifier.rig";

}  // namespace

bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

wire::JournalEntry MemoryJournal::append(wire::JournalEntry entry) {
    const std::lock_guard lock(mutex_);
    auto& lane = lanes_[entry.lane];
    entry.seq = static_cast<std::int64_t>(lane.size()) + 1;
    lane.push_back(entry);
    return entry;
}

void MemoryJournal::replace(const std::string& epoch) {
    const std::lock_guard lock(mutex_);
    epoch_ = epoch;
    lanes_.clear();
}

std::string MemoryJournal::epoch() {
    const std::lock_guard lock(mutex_);
    return epoch_;
}

wire::Position MemoryJournal::position() {
    if (is_broken_) throw std::runtime_error("the database is down");
    const std::lock_guard lock(mutex_);
    wire::Position position{.epoch = epoch_};
    for (const auto& [lane, entries] : lanes_)
        position.seqs[lane] = static_cast<std::int64_t>(entries.size());
    return position;
}

void MemoryJournal::release() {
    is_held_ = false;
    is_held_.notify_all();
}

std::vector<std::string> MemoryJournal::asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
}

bool MemoryJournal::has(const std::string& subject) {
    if (is_broken_) throw std::runtime_error("the database is down");
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(subject);
    }
    is_held_.wait(true);
    const std::lock_guard lock(mutex_);
    return std::ranges::any_of(lanes_, [&](const auto& lane) {
        return std::ranges::any_of(lane.second,
                                   [&](const auto& entry) { return entry.subject == subject; });
    });
}

std::vector<wire::JournalEntry> MemoryJournal::read(Lane lane, std::int64_t after,
                                                    std::size_t limit) {
    if (is_broken_) throw std::runtime_error("the database is down");
    ++reads_;
    const std::lock_guard lock(mutex_);
    asked_.push_back(lane.text());
    const auto& entries = lanes_[lane];
    const auto from = std::min(static_cast<std::size_t>(after), entries.size());
    const auto to = std::min(from + limit, entries.size());
    return {entries.begin() + static_cast<std::ptrdiff_t>(from),
            entries.begin() + static_cast<std::ptrdiff_t>(to)};
}

wire::JournalEntry entry_of(domain::EventKind kind, const std::string& subject,
                            const std::string& body, Lane lane) {
    return {.lane = lane,
            .kind = kind,
            .subject = subject,
            .version = 1,
            .caused_by = "cause-" + subject,
            .at = *from_rfc3339("2031-04-05T06:07:08.123456Z"),
            .body = body};
}

wire::JournalEntry trade_entry(const std::string& subject, Lane lane) {
    return entry_of(domain::EventKind::trade_confirmed, subject,
                    R"({"transactionId":")" + subject +
                        R"(","seller":"ceres","buyer":"europa","items":[{"productId":"ice"}]})",
                    lane);
}

Hall::Times patient() {
    using namespace std::chrono_literals;
    return {.head = 1h,
            .opening = 1h,
            .partial = 1h,
            .ping = 1h,
            .pong = 1h,
            .close = 1h,
            .linger = 1h,
            .stay = 1h};
}

Rig::Rig(SocketSettings settings, bool with_feed, std::optional<DoorCalls> door) {
    server_->declare_exchange(std::string(messaging::events_exchange), "topic");
    broker_ = std::make_unique<messaging::MemoryBroker>(loop_, server_);
    journal_thread_ = std::make_unique<JournalThread>(
        loop_, JournalCalls{
                   .position = [this] { return journal_.position(); },
                   .read = [this](Lane lane, std::int64_t after,
                                  std::size_t limit) { return journal_.read(lane, after, limit); },
                   .may_read = [this](const identity::Caller&,
                                      const Topic& topic) { return journal_.has(topic.id); }});
    feed_ = std::make_unique<Feed>(loop_, *broker_, *journal_thread_, "rig", metrics_);
    room_ = std::make_unique<Room>(*feed_, *journal_thread_, metrics_);
    entrance_ = std::make_unique<Entrance>(loop_, door ? *door : door_.calls());
    socket_ = std::make_unique<Socket>(loop_, std::move(settings), *room_, *entrance_, metrics_);
    room_->set_clients([this](ClientId id) { return socket_ ? socket_->client(id) : nullptr; });
    if (with_feed) feed_->start(*room_);
    thread_ = std::thread([this] { loop_.run(); });
    if (with_feed) wait_until_up();
}

Rig::~Rig() {
    journal_.release();
    loop_.stop();
    thread_.join();
    socket_.reset();
    entrance_.reset();
    room_.reset();
    feed_.reset();
    journal_thread_.reset();
    broker_.reset();
}

void Rig::start_feed() {
    on_loop([this] { feed_->start(*room_); });
}

void Rig::on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    done.get_future().wait();
}

void Rig::wait_until_up() {
    const bool is_up = eventually([this] {
        bool up = false;
        on_loop([&] { up = feed_->has_begun() && broker_->is_consuming(); });
        return up;
    });
    if (!is_up) throw std::runtime_error("the notifier did not come up");
}

wire::JournalEntry Rig::happen(wire::JournalEntry entry) {
    entry = journal_.append(std::move(entry));
    tell({entry});
    return entry;
}

void Rig::tell(const std::vector<wire::JournalEntry>& entries) {
    std::string body = "[";
    for (const auto& entry : entries) {
        if (body.size() > 1) body += ',';
        body += wire::render(entry, journal_.epoch());
    }
    tell_text(body + "]");
}

void Rig::tell_text(const std::string& body) {
    messaging::Delivery delivery;
    delivery.body = body;
    server_->put(queue, std::move(delivery));
}

std::size_t Rig::clients() {
    std::size_t count = 0;
    on_loop([&] { count = socket_->clients(); });
    return count;
}

double Rig::metric(const std::string& series) {
    const std::string page = metrics_.render();
    const std::size_t at = page.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(page.substr(at + series.size() + 2));
}

void Rig::stop_socket() {
    on_loop([this] { socket_->stop([this] { is_stopped_ = true; }); });
}

}  // namespace itn::workers::notifier::tests
