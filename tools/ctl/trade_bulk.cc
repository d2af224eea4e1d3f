// itnctl trade submit --file: many trades, in batches, each under a key of its own, so that
// whatever breaks on the way the same file can be sent again.

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <span>
#include <sstream>
#include <thread>

#include "tools/ctl/arguments.h"
#include "tools/ctl/trade.h"

namespace itn::ctl {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t batch_lines = 200;
constexpr int most_tries = 6;
constexpr milliseconds first_pause{500};

/// What became of a line; status 0 is "not known".
struct Fate {
    int status = 0;
    json answer{};
};

class Bulk {
public:
    Bulk(Desk& desk, std::vector<TradeLine> lines)
        : desk_(desk), lines_(std::move(lines)), fates_(lines_.size()) {}

    /// Breaks off where nothing further would be taken; what was is known all the same.
    void run() {
        try {
            send_all();
        } catch (const Trouble& trouble) {
            trouble_ = trouble;
        }
        if (desk_.environment().progress) std::cerr << '\n';
    }

    int report() const;
    /// Why it broke off.
    const std::optional<Trouble>& trouble() const { return trouble_; }

private:
    void send_all() {
        while (sent_ < lines_.size()) {
            const std::size_t count = lines_in_batch(lines_, sent_, batch_lines);
            send(sent_, count);
            sent_ += count;
            draw();
        }
    }

    /// Sends the lines whose fate is open until there are none, or it was tried often enough.
    void send(std::size_t first, std::size_t count) {
        pause_ = first_pause;
        for (int attempt = 1; attempt <= most_tries; ++attempt) {
            std::vector<std::size_t> open;
            for (std::size_t i = first; i < first + count; ++i)
                if (is_open(fates_[i])) open.push_back(i);
            if (open.empty()) return;
            if (attempt > 1) {
                std::this_thread::sleep_for(pause_);
                pause_ *= 2;
            }
            try_once(open);
        }
    }

    void try_once(const std::vector<std::size_t>& open) {
        std::string body;
        for (const std::size_t i : open)
            (body += lines_[i].json) += '\n';
        const auto response =
            desk_.ask_text("POST", "/api/trades/batch", body, "application/x-ndjson");
        if (exit_of(response.status) == Exit::unreachable) {
            pause_ = std::max(pause_, asked_pause(response));
            for (const std::size_t i : open)
                fates_[i] = {.status = response.status, .answer = {}};
            return;
        }
        if (!response.is_success()) throw trouble_of(response);
        std::istringstream answers(response.text);
        std::string line;
        for (std::size_t i = 0; i < open.size() && std::getline(answers, line); ++i) {
            json answer = json::parse(line, nullptr, false);
            if (!answer.is_object()) continue;
            const int status = answer.value("status", 0);
            fates_[open[i]] = {.status = status, .answer = std::move(answer)};
        }
    }

    static bool is_open(const Fate& fate) {
        const bool is_done = fate.status >= 200 && fate.status < 300;
        return !is_done && exit_of(fate.status) == Exit::unreachable;
    }

    void draw() const {
        if (desk_.environment().progress)
            std::cerr << '\r' << progress_bar(sent_, lines_.size()) << std::flush;
    }

    std::string broken_off() const {
        return "broken off at line " + std::to_string(lines_[sent_].number) +
               ": the same file again goes on safely, and places nothing twice";
    }
    void print_json(const json& lines, std::size_t refused) const;
    void print_table(const json& lines, std::size_t accepted) const;

    Desk& desk_;
    std::vector<TradeLine> lines_;
    std::vector<Fate> fates_;
    std::size_t sent_ = 0;  // lines, in whole batches
    std::optional<Trouble> trouble_{};
    milliseconds pause_ = first_pause;
};

void Bulk::print_json(const json& lines, std::size_t refused) const {
    // Of the batch that broke off what was open is so still, and none of those behind it was sent.
    const auto rest = std::span(fates_).subspan(trouble_ ? sent_ : fates_.size());
    const auto untaken = static_cast<std::size_t>(std::ranges::count_if(rest, is_open));
    json all = {{"accepted", lines.size() - refused},
                {"refused", refused - untaken},
                {"notTaken", untaken},
                {"lines", lines}};
    if (trouble_) all["brokenOff"] = broken_off();
    desk_.print(all, {});
}

void Bulk::print_table(const json& lines, std::size_t accepted) const {
    desk_.print_text(std::to_string(accepted) + " accepted, " +
                     std::to_string(lines_.size() - accepted) + " not\n");
    if (!lines.empty())
        desk_.print_text(table(
            lines,
            {{"LINE", "/line", true}, {"STATUS", "/status", true}, {"WHY", "/problem/detail"}},
            desk_.environment().styled));
    if (trouble_) desk_.print_text(broken_off() + '\n');
}

/// Prints every line in JSON, in a table those that were not accepted, as far as they were sent.
int Bulk::report() const {
    json all = json::array(), told = json::array();
    std::size_t refused = 0;
    bool is_some_open = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        json row = fates_[i].answer.is_object() ? fates_[i].answer : json::object();
        row.erase("index");
        row["line"] = lines_[i].number;
        row["key"] = lines_[i].key;
        row["status"] = fates_[i].status;
        is_some_open = is_some_open || is_open(fates_[i]);
        const bool is_refused = fates_[i].status >= 300 || is_open(fates_[i]);
        if (is_refused) ++refused;
        if (is_refused && (i < sent_ || fates_[i].status != 0)) told.push_back(row);
        all.push_back(std::move(row));
    }
    if (desk_.environment().json)
        print_json(all, refused);
    else
        print_table(told, lines_.size() - refused);
    if (is_some_open) return static_cast<int>(Exit::unreachable);
    return static_cast<int>(refused == 0 ? Exit::done : Exit::refused);
}

}  // namespace

int submit_file(Desk& desk, const std::string& file, const std::string& salt) {
    auto lines = read_trade_lines(read_file(file), salt);
    if (lines.empty()) throw Trouble(Exit::usage, file + " holds no trade");
    Bulk bulk(desk, std::move(lines));
    bulk.run();
    const int code = bulk.report();
    if (bulk.trouble()) throw Trouble(*bulk.trouble());
    return code;
}

}  // namespace itn::ctl
