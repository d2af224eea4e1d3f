#include <curl/curl.h>

#include <atomic>
#include <csignal>
#include <random>

#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "tools/galaxy/galaxy.h"

namespace {

using std::chrono::milliseconds;

struct Settings {
    explicit Settings(itn::runtime::Config& config) {
        config.text("url", url, "The API, without a path.");
        config.text("email", account.email, "Whose account the demo acts with.");
        config.secret("password", account.password, "Its password.");
        config.flag("seed-only", seed_only, "Leave after seeding.");
        config.duration("every", every, milliseconds(10), milliseconds(3'600'000),
                        "Time between two steps of the trickle.");
    }
    std::string url = "http://127.0.0.1:8080";
    itn::tools::Galaxy::Account account;
    bool seed_only = false;
    milliseconds every{1500};
};

/// Sleeps until a signal to end comes, or time is up.
bool pause(const sigset_t& signals, milliseconds how_long) {
    const timespec time{.tv_sec = how_long.count() / 1000,
                        .tv_nsec = (how_long.count() % 1000) * 1'000'000};
    return sigtimedwait(&signals, nullptr, &time) < 0;
}

int run(const Settings& settings, const itn::runtime::ProcessSettings& process) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    itn::tools::Galaxy galaxy(
        settings.url, settings.account,
        [&](milliseconds how_long) { return pause(signals, how_long); }, std::random_device{}());
    if (!galaxy.seed()) return 0;
    itn::runtime::log_info("galaxy seeded");
    itn::runtime::write_port_file(process.port_file, {{"seeded", 1}});
    if (settings.seed_only) return 0;
    do
        galaxy.step();
    while (pause(signals, settings.every));
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    itn::runtime::Config config("itn-galaxy",
                                "Seeds the demo galaxy and lets a trickle of trade flow in it.");
    const itn::runtime::ProcessSettings process(config);
    const Settings settings(config);
    return itn::runtime::supervise(config, process, argc, argv,
                                   [&] { return run(settings, process); });
}
