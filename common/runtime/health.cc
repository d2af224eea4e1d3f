#include "common/runtime/health.h"

namespace itn::runtime {

void Health::add(std::string name, Check check) {
    checks_.push_back({std::move(name), std::move(check)});
}

void Health::start_draining() {
    draining_.store(true);
}

Health::Report Health::live() const {
    return {.status = 200, .body = "ok\n"};
}

Health::Report Health::ready(bool verbose) const {
    std::string lines;
    bool is_ready = true;
    const auto note = [&](const std::string& name, const std::optional<std::string>& reason) {
        is_ready = is_ready && !reason;
        lines += reason ? "[-]" + name + " failed: " + *reason + "\n" : "[+]" + name + " ok\n";
    };
    for (const auto& [name, check] : checks_)
        note(name, check());
    if (draining_.load()) note("shutdown", "draining");
    const std::string verdict = is_ready ? "ready\n" : "not ready\n";
    return {.status = is_ready ? 200 : 503,
            .body = verbose || !is_ready ? lines + verdict : verdict};
}

}  // namespace itn::runtime
