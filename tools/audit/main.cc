// itn-audit: proves that the books are right, or says where they are not. Exit code 0: all checks
// hold; 1: at least one does not; 2: wrongly called.

#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "common/runtime/config.h"
#include "common/runtime/supervise.h"
#include "tools/audit/checks.h"

namespace {

using namespace itn;
using tools::Finding;

struct Settings {
    explicit Settings(runtime::Config& config) {
        config.secret("database-url", database_url, "Postgres.");
        config.text("accepted", accepted,
                    "File of command ids, one a line: each must have exactly one outcome.");
        config.flag("busy", busy, "Work is under way: what is not yet published is no fault.");
        config.flag("json", json, "Print one JSON array.");
    }
    std::string database_url;
    std::string accepted;
    bool busy = false;
    bool json = false;
};

tools::AuditOptions options_of(const Settings& settings) {
    tools::AuditOptions options{.busy = settings.busy};
    if (settings.accepted.empty()) return options;
    options.has_accepted = true;
    std::ifstream file(settings.accepted);
    if (!file) throw std::runtime_error("cannot read " + settings.accepted);
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) options.accepted.push_back(line);
    }
    return options;
}

void print_text(const std::vector<Finding>& findings) {
    for (const Finding& finding : findings) {
        std::cout << (finding.wrong == 0 ? "✓ " : "✗ ") << finding.check << ": " << finding.examined
                  << " examined";
        if (finding.wrong > 0) std::cout << ", " << finding.wrong << " wrong";
        std::cout << "\n";
        for (const std::string& example : finding.examples)
            std::cout << "    " << example << "\n";
    }
}

void print_json(const std::vector<Finding>& findings) {
    nlohmann::json all = nlohmann::json::array();
    for (const Finding& finding : findings) {
        all.push_back({{"check", finding.check},
                       {"examined", finding.examined},
                       {"wrong", finding.wrong},
                       {"examples", finding.examples}});
    }
    std::cout << all.dump(2) << "\n";
}

int run(const Settings& settings) {
    if (settings.database_url.empty()) throw std::runtime_error("database-url is not set");
    const std::vector<Finding> findings =
        tools::audit_patiently(settings.database_url, options_of(settings),
                               [] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
    settings.json ? print_json(findings) : print_text(findings);
    for (const Finding& finding : findings) {
        if (finding.wrong > 0) return 1;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Config config("itn-audit", "Proves that stock, ledger, journal and outcomes agree.");
    runtime::ProcessSettings process(config);
    process.log_level = "warning";
    const Settings settings(config);
    return runtime::supervise(config, process, argc, argv, [&] { return run(settings); });
}
