#pragma once

// The words of the command line: itnctl NOUN VERB [words] [--options]. Each noun hangs its verbs
// into the tree with the variables they fill and the function they run; CLI11 stays behind it. What
// the tree looks like is a value too (Outline), from which shell completions are made.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace itn::ctl {

class Desk;

/// An option as a shell needs to know it.
struct OptionOutline {
    std::string name{};  // with its dashes
    std::string help{};
    bool takes_value = false;
    std::vector<std::string> choices{};
};

/// A program, noun or verb, and what may follow it.
struct Outline {
    std::string name{};
    std::string help{};
    std::vector<OptionOutline> options{};
    std::vector<Outline> children{};
};

/// Runs a command; the exit code (exit_codes.h).
using Action = std::function<int(Desk&)>;

/// A command. The variables bound here must live as long as the action that reads them: keep both
/// in one shared struct.
class Verb final {
public:
    Verb(CLI::App& app, Action& chosen) : app_(&app), chosen_(&chosen) {}

    /// A word that must be there, by position.
    Verb& word(const std::string& name, std::string& value, const std::string& help);
    /// The same, which may be left out.
    Verb& word_if(const std::string& name, std::string& value, const std::string& help);
    Verb& text(const std::string& option, std::string& value, const std::string& help);
    /// May be given several times.
    Verb& list(const std::string& option, std::vector<std::string>& value, const std::string& help);
    Verb& number(const std::string& option, std::optional<std::int64_t>& value,
                 const std::string& help);
    Verb& flag(const std::string& option, bool& value, const std::string& help);

    /// Of what was added last.
    Verb& required();
    Verb& choices(const std::vector<std::string>& choices);

    void runs(Action action);

private:
    CLI::App* app_;
    Action* chosen_;
    CLI::Option* last_ = nullptr;
};

/// A noun with verbs.
class Noun final {
public:
    Noun(CLI::App& app, Action& chosen) : app_(&app), chosen_(&chosen) {}
    Verb verb(const std::string& name, const std::string& help);

private:
    CLI::App* app_;
    Action* chosen_;
};

/// What stands before or after any command.
struct CommonOptions {
    std::string url{};
    bool json = false;
    bool quiet = false;
};

class Tree final {
public:
    Tree();
    ~Tree();
    Tree(const Tree&) = delete;
    Tree& operator=(const Tree&) = delete;

    Noun noun(const std::string& name, const std::string& help);
    Verb verb(const std::string& name, const std::string& help);

    /// Finds the command; nullopt when there is none to run: then `exit_code` is set and what was
    /// asked for, or is wrong, has been printed.
    std::optional<Action> parse(int argc, const char* const* argv, int& exit_code);
    const CommonOptions& common() const { return common_; }
    Outline outline() const;

private:
    std::unique_ptr<CLI::App> app_;
    CommonOptions common_;
    Action chosen_;
};

}  // namespace itn::ctl
