// itnctl trade submit --file: many trades, in batches, each under a key of its own, so that
// whatever breaks on the way the same file can be sent again.

#include <algorithm>
#include <chrono>
#include <iostream>
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

    void run() {
        for (std::size_t first = 0; first < lines_.size();) {
            const std::size_t count = lines_in_batch(lines_, first, batch_lines);
            send(first, count);
            first += count;
            draw(first);
        }
        if (desk_.environment().progress) std::cerr << '\n';
    }

    int report() const;

private:
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

    void draw(std::size_t done) const {
        if (desk_.environment().progress)
            std::cerr << '\r' << progress_bar(done, lines_.size()) << std::flush;
    }

    Desk& desk_;
    std::vector<TradeLine> lines_;
    std::vector<Fate> fates_;
    milliseconds pause_ = first_pause;
};

/// Prints every line in JSON, those that were not accepted in a table.
int Bulk::report() const {
    json all = json::array(), refused = json::array();
    bool is_some_open = false;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        json row = fates_[i].answer.is_object() ? fates_[i].answer : json::object();
        row.erase("index");
        row["line"] = lines_[i].number;
        row["key"] = lines_[i].key;
        row["status"] = fates_[i].status;
        is_some_open = is_some_open || is_open(fates_[i]);
        if (fates_[i].status >= 300 || is_open(fates_[i])) refused.push_back(row);
        all.push_back(std::move(row));
    }
    const std::size_t accepted = all.size() - refused.size();
    if (desk_.environment().json) {
        desk_.print({{"accepted", accepted}, {"refused", refused.size()}, {"lines", all}}, {});
    } else {
        desk_.print_text(std::to_string(accepted) + " accepted, " + std::to_string(refused.size()) +
                         " not\n");
        if (!refused.empty())
            desk_.print_text(table(
                refused,
                {{"LINE", "/line", true}, {"STATUS", "/status", true}, {"WHY", "/problem/detail"}},
                desk_.environment().styled));
    }
    if (is_some_open) return static_cast<int>(Exit::unreachable);
    return static_cast<int>(refused.empty() ? Exit::done : Exit::refused);
}

}  // namespace

int submit_file(Desk& desk, const std::string& file, const std::string& salt) {
    auto lines = read_trade_lines(read_file(file), salt);
    if (lines.empty()) throw Trouble(Exit::usage, file + " holds no trade");
    Bulk bulk(desk, std::move(lines));
    bulk.run();
    return bulk.report();
}

}  // namespace itn::ctl
