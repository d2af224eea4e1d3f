#include "common/runtime/config.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/base/address.h"
#include "common/runtime/config_text.h"
#include "common/runtime/version.h"

namespace itn::runtime {

namespace {

constexpr int usage_error = 2;

/// nullopt when unset or empty.
std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
}

/// The content without its trailing newlines, as secrets are mounted.
std::string content_of(const std::string& path, const std::string& named_by) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error(named_by + ": cannot read " + path);
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    while (!content.empty() && (content.back() == '\n' || content.back() == '\r'))
        content.pop_back();
    return content;
}

}  // namespace

Config::Config(std::string program, std::string about)
    : program_(std::move(program)), about_(std::move(about)) {}

Config::~Config() = default;

void Config::text(const std::string& name, std::string& value, const std::string& help) {
    settings_.push_back({.name = name,
                         .help = help,
                         .type = "TEXT",
                         .store = [&value](const std::string& given) -> std::optional<std::string> {
                             value = given;
                             return std::nullopt;
                         },
                         .print = [&value] { return toml_string(value); }});
}

void Config::secret(const std::string& name, std::string& value, const std::string& help) {
    text(name, value, help);
    settings_.back().is_secret = true;
    settings_.back().print = [&value] { return toml_string(masked(value)); };
}

void Config::choice(const std::string& name, std::string& value, std::vector<std::string> choices,
                    const std::string& help) {
    text(name, value, help);
    const auto list = joined(choices, "|");
    settings_.back().type = list;
    settings_.back().store = [&value, choices = std::move(choices),
                              list](const std::string& given) -> std::optional<std::string> {
        if (std::find(choices.begin(), choices.end(), given) == choices.end())
            return "must be one of " + list;
        value = given;
        return std::nullopt;
    };
}

void Config::add_integer(const Range& range, std::function<void(std::int64_t)> store,
                         std::function<std::int64_t()> load) {
    const auto bounds = std::to_string(range.least) + ".." + std::to_string(range.most);
    settings_.push_back({.name = range.name,
                         .help = range.help,
                         .type = bounds,
                         .store = [range, bounds, store = std::move(store)](
                                      const std::string& given) -> std::optional<std::string> {
                             const auto number = parse_integer(given);
                             if (!number || *number < range.least || *number > range.most)
                                 return "must be a whole number in " + bounds;
                             store(*number);
                             return std::nullopt;
                         },
                         .print = [load = std::move(load)] { return std::to_string(load()); }});
}

void Config::duration(const std::string& name, std::chrono::milliseconds& value,
                      std::chrono::milliseconds least, std::chrono::milliseconds most,
                      const std::string& help) {
    const auto bounds = print_duration(least) + ".." + print_duration(most);
    settings_.push_back({.name = name,
                         .help = help,
                         .type = bounds,
                         .store = [&value, least, most,
                                   bounds](const std::string& given) -> std::optional<std::string> {
                             const auto length = parse_duration(given);
                             if (!length || *length < least || *length > most)
                                 return "must be a duration like 250ms or 5s in " + bounds;
                             value = *length;
                             return std::nullopt;
                         },
                         .print = [&value] { return toml_string(print_duration(value)); }});
}

void Config::flag(const std::string& name, bool& value, const std::string& help) {
    settings_.push_back({.name = name,
                         .help = help,
                         .type = "",
                         .is_flag = true,
                         .store = [&value](const std::string& given) -> std::optional<std::string> {
                             const auto parsed = parse_bool(given);
                             if (!parsed) return "must be true or false";
                             value = *parsed;
                             return std::nullopt;
                         },
                         .print = [&value] { return std::string(value ? "true" : "false"); }});
}

void Config::addresses(const std::string& name, std::vector<std::string>& value,
                       const std::string& help) {
    const auto store = [&value](const std::string& given) -> std::optional<std::string> {
        std::vector<std::string> plain;
        for (const auto& word : addresses_in(given)) {
            const auto address = plain_address(word);
            if (!address)
                return "must be numeric addresses with commas between: " + word + " is none";
            plain.push_back(*address);
        }
        value = std::move(plain);
        return std::nullopt;
    };
    settings_.push_back(
        {.name = name, .help = help, .type = "ADDRESSES", .store = store, .print = [&value] {
             return toml_string(joined(value, ","));
         }});
}

void Config::listen(const std::string& name, Endpoint& value, const std::string& help) {
    settings_.push_back({.name = name,
                         .help = help,
                         .type = "HOST:PORT",
                         .store = [&value](const std::string& given) -> std::optional<std::string> {
                             const auto endpoint = Endpoint::from(given);
                             if (!endpoint) return "must be a numeric address and port";
                             value = *endpoint;
                             return std::nullopt;
                         },
                         .print = [&value] { return toml_string(value.text()); }});
}

void Config::listen_on_loopback(const std::string& name, Endpoint& value, const std::string& help) {
    listen(name, value, help);
    auto& setting = settings_.back();
    setting.store = [store = std::move(setting.store), &value](const std::string& given) {
        auto fault = store(given);
        if (!fault && !value.is_loopback())
            fault = "must be a loopback address: whoever reaches this door may do everything";
        return fault;
    };
}

std::vector<std::string> Config::flags_from_environment() const {
    std::vector<std::string> flags;
    for (const auto& setting : settings_) {
        const auto name = environment_name(setting.name);
        auto value = environment(name);
        const auto file = setting.is_secret ? environment(name + "_FILE") : std::nullopt;
        if (value && file)
            throw std::runtime_error("both " + name + " and " + name + "_FILE are set");
        if (file) value = content_of(*file, name + "_FILE");
        if (!value) continue;
        if (const auto fault = setting.store(*value))
            throw std::runtime_error(name + (file ? "_FILE " : " ") + *fault);
        flags.push_back("--" + setting.name + "=" + *value);
    }
    return flags;
}

std::string Config::secrets_text() const {
    std::string text;
    for (const auto& setting : settings_) {
        if (!setting.is_secret) continue;
        const auto name = environment_name(setting.name);
        text += "  " + setting.name + "\n      " + setting.help + " [" + name + ", " + name +
                "_FILE]\n";
    }
    return text.empty() ? "" : "Secrets, from the environment or a file, never flags:\n" + text;
}

std::optional<std::string> Config::secret_among(std::span<const char* const> words) const {
    for (const std::string_view word : words) {
        for (const auto& setting : settings_) {
            const auto flag = "--" + setting.name;
            if (!setting.is_secret || word.substr(0, word.find('=')) != flag) continue;
            const auto name = environment_name(setting.name);
            return flag + " would show a secret to everybody on this machine: set " + name +
                   ", or " + name + "_FILE to the name of a file";
        }
    }
    return std::nullopt;
}

void Config::add_options(CLI::App& app) const {
    for (const auto& setting : settings_) {
        const auto store = [&setting](const std::string& given) {
            if (const auto fault = setting.store(given))
                throw CLI::ValidationError("--" + setting.name, *fault);
        };
        const auto help = setting.help + " [" + environment_name(setting.name) + "]";
        auto* option = app.add_option_function<std::string>("--" + setting.name, store, help);
        if (setting.is_flag)
            option->expected(0, 1)->default_str("true");
        else
            option->default_str(setting.print());
        option->type_name(setting.type)->take_last();
        // Known to the file of settings, and missing in the list of flags.
        if (setting.is_secret) option->group("");
    }
    app.footer(secrets_text());
}

std::string Config::printed() const {
    std::string out;
    for (const auto& setting : settings_)
        out += setting.name + " = " + setting.print() + "\n";
    return out;
}

std::optional<int> Config::parse(int argc, const char* const* argv, std::ostream& out,
                                 std::ostream& err) {
    CLI::App app(about_, program_);
    bool check = false;
    bool print = false;
    app.set_version_flag("--version",
                         program_ + " " + std::string(version()) +
                             (revision().empty() ? "" : " (" + std::string(revision()) + ")"));
    app.set_config("--config", environment("ITN_CONFIG").value_or(""),
                   "Read settings from this TOML file [ITN_CONFIG]",
                   environment("ITN_CONFIG").has_value())
        ->type_name("FILE");
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.add_flag("--check-config", check, "Check the settings and leave")->configurable(false);
    app.add_flag("--print-config", print, "Print the settings, secrets masked, and leave")
        ->configurable(false);
    add_options(app);
    try {
        if (const auto fault = secret_among({argv + 1, argv + argc}))
            throw std::runtime_error(*fault);
        // CLI11 wants the last argument first; of several values of a flag the last one counts.
        std::vector<std::string> arguments(std::reverse_iterator(argv + argc),
                                           std::reverse_iterator(argv + 1));
        auto environment_flags = flags_from_environment();
        arguments.insert(arguments.end(), environment_flags.rbegin(), environment_flags.rend());
        app.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
        return app.exit(error, out, err) == 0 ? 0 : usage_error;
    } catch (const std::exception& error) {
        err << program_ << ": " << error.what() << "\n";
        return usage_error;
    }
    if (print) out << printed();
    if (check) out << "the settings are valid\n";
    return print || check ? std::optional(0) : std::nullopt;
}

}  // namespace itn::runtime
