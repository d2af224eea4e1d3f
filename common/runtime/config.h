#pragma once

// The settings of a process. Each is declared once, bound to the variable that holds its default,
// and read from the first of: flag --log-level, environment ITN_LOG_LEVEL, file of settings
// (--config, TOML: log-level = "..."), default. A secret is no flag, for everybody on the machine
// reads those; it may stand in a file of its own, which ITN_DATABASE_URL_FILE names. Besides, every
// process knows --help, --version, --check-config and --print-config. Whatever is unknown or out of
// range is an error: nothing is guessed.

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/runtime/endpoint.h"

namespace CLI {
class App;
}  // namespace CLI

namespace itn::runtime {

class Config final {
public:
    /// `about` is one sentence for --help.
    Config(std::string program, std::string about);
    ~Config();
    Config(const Config&) = delete;
    Config& operator=(const Config&) = delete;

    /// All declarations: before parse(); the variables outlive it. `name` is the flag without its
    /// dashes, and the word of TOML.
    void text(const std::string& name, std::string& value, const std::string& help);
    /// Text that is no flag and is masked wherever it is printed; in a URL its password alone.
    void secret(const std::string& name, std::string& value, const std::string& help);
    void choice(const std::string& name, std::string& value, std::vector<std::string> choices,
                const std::string& help);
    template <class Integer>
    void integer(const std::string& name, Integer& value, std::type_identity_t<Integer> least,
                 std::type_identity_t<Integer> most, const std::string& help) {
        add_integer(
            {.name = name, .help = help, .least = std::int64_t(least), .most = std::int64_t(most)},
            [&value](std::int64_t given) { value = static_cast<Integer>(given); },
            [&value] { return static_cast<std::int64_t>(value); });
    }
    /// "250ms", "5s", "2m", "1h", "7d"
    void duration(const std::string& name, std::chrono::milliseconds& value,
                  std::chrono::milliseconds least, std::chrono::milliseconds most,
                  const std::string& help);
    void flag(const std::string& name, bool& value, const std::string& help);
    /// "127.0.0.1,::1": numeric addresses, which become plain_address()es.
    void addresses(const std::string& name, std::vector<std::string>& value,
                   const std::string& help);
    void listen(const std::string& name, Endpoint& value, const std::string& help);
    /// For doors that know nobody yet: any address but a loopback one is refused.
    void listen_on_loopback(const std::string& name, Endpoint& value, const std::string& help);

    /// Reads everything. nullopt: go on; else the exit code to leave with, after what was asked for
    /// went to `out` (0) or what is wrong to `err` (2).
    std::optional<int> parse(int argc, const char* const* argv, std::ostream& out,
                             std::ostream& err);

    const std::string& program() const { return program_; }

private:
    struct Setting {
        std::string name;
        std::string help;
        std::string type;
        bool is_secret = false;
        bool is_flag = false;
        /// Stores a value; what is wrong with it otherwise.
        std::function<std::optional<std::string>(const std::string&)> store;
        /// As TOML.
        std::function<std::string()> print;
    };
    struct Range {
        std::string name;
        std::string help;
        std::int64_t least = 0;
        std::int64_t most = 0;
    };

    void add_integer(const Range& range, std::function<void(std::int64_t)> store,
                     std::function<std::int64_t()> load);
    void add_options(CLI::App& app) const;
    /// The secrets, for --help.
    std::string secrets_text() const;
    /// What to do instead, when one of the words gives a secret as a flag.
    std::optional<std::string> secret_among(std::span<const char* const> words) const;
    /// What the environment sets, as flags; throws std::runtime_error for a file it cannot read.
    std::vector<std::string> flags_from_environment() const;
    std::string printed() const;

    std::string program_;
    std::string about_;
    std::vector<Setting> settings_;
};

/// "database-url" → "ITN_DATABASE_URL"
std::string environment_name(std::string_view setting);
/// Milliseconds of "250ms", "5s", "2m", "1h", "7d"; nullopt for anything else and on overflow.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// In the largest unit that says it exactly.
std::string print_duration(std::chrono::milliseconds duration);
/// "postgresql://itn:***@host/db"; a secret that is no URL becomes "***", an empty one stays.
std::string masked(std::string_view secret);

}  // namespace itn::runtime
