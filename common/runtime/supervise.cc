#include "common/runtime/supervise.h"

#include <unistd.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "common/runtime/log.h"
#include "common/runtime/version.h"

namespace itn::runtime {

namespace {

LogFormat format_from(const std::string& name) {
    if (name == "json") return LogFormat::json;
    if (name == "text") return LogFormat::text;
    return LogFormat::automatic;
}

int run(const std::function<int()>& body) {
    try {
        return body();
    } catch (const std::exception& error) {
        log_error("process failed", {{"error", error.what()}});
    } catch (...) {
        log_error("process failed", {{"error", "unknown exception"}});
    }
    return 1;
}

}  // namespace

ProcessSettings::ProcessSettings(Config& config) {
    config.choice("log-level", log_level, {"debug", "info", "warning", "error"},
                  "Least important lines to log");
    config.choice("log-format", log_format, {"auto", "json", "text"},
                  "How log lines look; auto is text on a terminal");
    config.text("port-file", port_file, "Write pid and ports as JSON to this file when listening");
}

int supervise(Config& config, const ProcessSettings& process, int argc, const char* const* argv,
              const std::function<int()>& body) {
    if (const auto code = config.parse(argc, argv, std::cout, std::cerr)) return *code;
    start_logging({.service = config.program(),
                   .level = level_from(process.log_level).value_or(Level::info),
                   .format = format_from(process.log_format)});
    std::signal(SIGPIPE, SIG_IGN);
    log_info("process started", {{"version", version()}, {"pid", getpid()}});
    const int code = run(body);
    log_info("process ended", {{"code", code}});
    return code;
}

void write_port_file(const std::string& path,
                     const std::vector<std::pair<std::string, std::uint16_t>>& ports) {
    if (path.empty()) return;
    const auto fresh = path + ".new";
    {
        std::ofstream file(fresh);
        file << "{\"pid\":" << getpid();
        for (const auto& [name, port] : ports)
            file << ",\"" << name << "\":" << port;
        file << "}\n";
        file.close();
        if (!file) throw std::runtime_error("cannot write the port file " + fresh);
    }
    std::filesystem::rename(fresh, path);
}

}  // namespace itn::runtime
