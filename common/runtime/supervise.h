#pragma once

// The outermost frame of every process. A main declares its settings and hands over:
//
//     int main(int argc, char** argv) {
//         Config config("itn-trade-worker", "Decides and commits trades.");
//         ProcessSettings process(config);
//         Settings settings(config);
//         return supervise(config, process, argc, argv, [&] { return run(settings); });
//     }
//
// An exception that gets here ends the process with exit code 1; whoever started it starts it
// again.

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/runtime/config.h"

namespace itn::runtime {

/// The settings that every process has.
struct ProcessSettings {
    explicit ProcessSettings(Config& config);
    ProcessSettings(const ProcessSettings&) = delete;
    ProcessSettings& operator=(const ProcessSettings&) = delete;

    std::string log_level = "info";
    std::string log_format = "auto";
    /// Where write_port_file() tells the ports; "" for nowhere.
    std::string port_file;
};

/// Reads the settings, starts the log, ignores SIGPIPE and runs `body`, whose value is the exit
/// code (0 after an orderly end). 2: the settings are wrong. 1: an exception came out of `body`.
int supervise(Config& config, const ProcessSettings& process, int argc, const char* const* argv,
              const std::function<int()>& body);

/// Writes {"pid":…,"port":…} whole or not at all, so that whoever asked for port 0 finds the
/// process. Does nothing for an empty path; throws std::runtime_error when it cannot write.
void write_port_file(const std::string& path,
                     const std::vector<std::pair<std::string, std::uint16_t>>& ports);

}  // namespace itn::runtime
