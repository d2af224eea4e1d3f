#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/runtime/metrics.h"
#include "common/runtime/version.h"

namespace itn::runtime {

namespace {

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double open_fds() {
    std::error_code error;
    double count = 0;
    for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
        ++count;
    return count;
}

/// The time of the machine's boot, from the line "btime 1700000000".
double boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("btime ")) return std::stod(line.substr(6));
    return 0;
}

double start_time() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field)
        fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    return boot_time() + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

void add_process_metrics(Metrics& metrics) {
    metrics.gauge_from("process_resident_memory_bytes", "Resident memory size in bytes.",
                       resident_bytes);
    metrics.counter_from("process_cpu_seconds_total",
                         "Total user and system CPU time spent in seconds.", cpu_seconds);
    metrics.gauge_from("process_open_fds", "Number of open file descriptors.", open_fds);
    const double started = start_time();
    metrics.gauge_from("process_start_time_seconds",
                       "Start time of the process since unix epoch in seconds.",
                       [started] { return started; });
    metrics
        .gauge("itn_build_info", "Always 1; the labels say what runs.",
               {{"version", std::string(version())}, {"revision", std::string(revision())}})
        .set(1);
}

}  // namespace itn::runtime
