#include "tools/ctl/tree.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "common/runtime/version.h"
#include "tools/ctl/exit_codes.h"

namespace itn::ctl {

namespace {

constexpr const char* about =
    "The Intergalactic Trade Network from a terminal.\n"
    "\n"
    "On a terminal answers are tables, elsewhere (or with --json) JSON.";

constexpr const char* environment_text =
    "Environment:\n"
    "  ITN_URL                      the REST API (http://127.0.0.1:8080)\n"
    "  ITN_WS_URL                   the real-time feed, for `trade watch` (where the API says)\n"
    "  ITN_CA_FILE                  a PEM file of who vouches for https:// (the machine's own)\n"
    "  ITN_API_KEY                  signs every request with this key, no session needed\n"
    "  ITN_PASSWORD                 instead of a prompt\n"
    "  ITN_DATABASE_URL             for `user add` before there is an admin\n"
    "  ITN_COMMON_PASSWORDS         a file of passwords that this refuses too\n"
    "  ITN_AMQP_URL                 what partners are told of the broker\n"
    "  ITN_RABBITMQ_MANAGEMENT_URL  for `partner add|enable|disable`\n"
    "  NO_COLOR                     no colours\n"
    "Secrets may also stand in files that ITN_API_KEY_FILE, ITN_PASSWORD_FILE and so on name.\n"
    "\n";

/// The words between braces in CLI11's description of a set: "TEXT:{buy,sell}".
std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const auto open = type.find('{');
    const auto close = type.rfind('}');
    if (open == type.npos || close == type.npos || close < open) return {};
    return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

OptionOutline outline_of(const CLI::Option& option) {
    return {.name = option.get_name(),
            .help = option.get_description(),
            .takes_value = option.get_items_expected_max() > 0,
            .choices = choices_of(option)};
}

Outline outline_of(const CLI::App& app) {
    Outline outline{.name = app.get_name(), .help = app.get_description()};
    for (const CLI::Option* option : app.get_options())
        if (!option->get_positional()) outline.options.push_back(outline_of(*option));
    for (const CLI::App* child : app.get_subcommands(nullptr))
        outline.children.push_back(outline_of(*child));
    return outline;
}

/// The noun, or the program, in which the command line stopped making sense; nullptr when it got as
/// far as a verb.
const CLI::App* stopped_at(const CLI::App& program) {
    const CLI::App* at = &program;
    while (!at->get_subcommands().empty())
        at = at->get_subcommands().front();
    return at->get_subcommands(nullptr).empty() ? nullptr : at;
}

/// What is not there, and what is.
std::string suggestion(const CLI::App& program, const CLI::App& at) {
    std::string path = program.get_name();
    if (&at != &program) path += ' ' + at.get_name();
    std::string words;
    for (const CLI::App* child : at.get_subcommands(nullptr))
        words += (words.empty() ? "" : ", ") + child->get_name();
    const auto unknown = program.remaining(true);
    const std::string fault =
        unknown.empty() ? "says too little" : "knows no '" + unknown.front() + '\'';
    return path + ' ' + fault + "; there are: " + words + '\n' + path + " --help tells of them\n";
}

}  // namespace

Verb& Verb::word(const std::string& name, std::string& value, const std::string& help) {
    last_ = app_->add_option(name, value, help)->required();
    return *this;
}

Verb& Verb::word_if(const std::string& name, std::string& value, const std::string& help) {
    last_ = app_->add_option(name, value, help);
    return *this;
}

Verb& Verb::text(const std::string& option, std::string& value, const std::string& help) {
    last_ = app_->add_option(option, value, help);
    return *this;
}

Verb& Verb::list(const std::string& option, std::vector<std::string>& value,
                 const std::string& help) {
    // One value each time, so that it never swallows a word that follows.
    last_ = app_->add_option(option, value, help)->allow_extra_args(false);
    return *this;
}

Verb& Verb::number(const std::string& option, std::optional<std::int64_t>& value,
                   const std::string& help) {
    last_ = app_->add_option(option, value, help);
    return *this;
}

Verb& Verb::flag(const std::string& option, bool& value, const std::string& help) {
    last_ = app_->add_flag(option, value, help);
    return *this;
}

Verb& Verb::required() {
    last_->required();
    return *this;
}

Verb& Verb::choices(const std::vector<std::string>& choices) {
    last_->check(CLI::IsMember(choices));
    return *this;
}

void Verb::runs(Action action) {
    app_->callback([chosen = chosen_, action = std::move(action)] { *chosen = action; });
}

Verb Noun::verb(const std::string& name, const std::string& help) {
    CLI::App& app = *app_->add_subcommand(name, help);
    // Whoever shows one thing finds it under either word, whatever the noun.
    if (name == "show") app.alias("get");
    if (name == "get") app.alias("show");
    return {app, *chosen_};
}

Tree::Tree() : app_(std::make_unique<CLI::App>(about, "itnctl")) {
    app_->fallthrough();
    app_->require_subcommand(1);
    app_->set_version_flag("--version", std::string(runtime::version()));
    app_->add_option("--url", common_.url, "The REST API, without a path.");
    app_->add_flag("--json", common_.json, "Answers in JSON, on a terminal too.");
    app_->add_flag("--quiet", common_.quiet, "No progress and no remarks.");
    app_->footer(std::string(environment_text) + exit_code_text);
}

Tree::~Tree() = default;

Noun Tree::noun(const std::string& name, const std::string& help) {
    CLI::App& app = *app_->add_subcommand(name, help);
    app.require_subcommand(1);
    app.footer("");
    return {app, chosen_};
}

Verb Tree::verb(const std::string& name, const std::string& help) {
    return {*app_->add_subcommand(name, help)->footer(""), chosen_};
}

std::optional<Action> Tree::parse(int argc, const char* const* argv, int& exit_code) {
    try {
        app_->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const CLI::App* const at = error.get_exit_code() == 0 ? nullptr : stopped_at(*app_);
        if (at != nullptr) {
            std::cerr << suggestion(*app_, *at);
            exit_code = static_cast<int>(Exit::usage);
            return std::nullopt;
        }
        const int code = app_->exit(error, std::cout, std::cerr);
        exit_code = code == 0 ? 0 : static_cast<int>(Exit::usage);
        return std::nullopt;
    }
    return chosen_;
}

Outline Tree::outline() const {
    return outline_of(*app_);
}

}  // namespace itn::ctl
