#include "tools/ctl/completion.h"

#include <functional>

namespace itn::ctl {

namespace {

/// In single quotes, for all three shells: a quote inside becomes a typographic one.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'') {
            out += "’";
        } else if (c == '\\' || c == '\n') {
            out += ' ';
        } else {
            out += c;
        }
    }
    return out + "'";
}

using See = std::function<void(const std::string& path, const Outline& node)>;

/// Calls with every node and the words that lead to it ("", "trade", "trade submit").
void walk(const Outline& node, const std::string& path, const See& see) {
    see(path, node);
    for (const Outline& child : node.children)
        walk(child, path.empty() ? child.name : path + ' ' + child.name, see);
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        (text += text.empty() ? "" : " ") += word;
    return text;
}

/// What follows a node; the options of the program follow everything.
std::string words_after(const Outline& program, const Outline& node) {
    std::vector<std::string> words;
    for (const Outline& child : node.children)
        words.push_back(child.name);
    for (const OptionOutline& option : node.options)
        words.push_back(option.name);
    if (&node != &program)
        for (const OptionOutline& option : program.options)
            if (option.name != "--help" && option.name != "--version") words.push_back(option.name);
    return joined(words);
}

/// The case labels of all steps down the tree: ' trade' | 'trade submit' | …
std::string steps(const Outline& program) {
    std::string labels;
    walk(program, "", [&](const std::string& path, const Outline&) {
        if (path.empty()) return;
        const bool is_first_level = path.find(' ') == path.npos;
        (labels += labels.empty() ? "" : "|") += quoted((is_first_level ? " " : "") + path);
    });
    return labels;
}

/// A label for each option with a fixed choice of values: "trade submit:--type".
using SeeChoices = std::function<void(const std::string& label, const std::string& words)>;
void each_choice(const Outline& program, const SeeChoices& see) {
    walk(program, "", [&](const std::string& path, const Outline& node) {
        for (const OptionOutline& option : node.options)
            if (!option.choices.empty()) see(path + ':' + option.name, joined(option.choices));
    });
}

}  // namespace

std::string bash_completion(const Outline& program) {
    std::string script =
        "_itnctl() {\n"
        "    local at='' word words='' i\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; ++i)); do\n"
        "        word=${COMP_WORDS[i]}\n"
        "        case \"$at $word\" in\n            ";
    script += steps(program) + ") at=${at:+$at }$word ;;\n        esac\n    done\n";
    script += "    case \"$at:$previous\" in\n";
    each_choice(program, [&](const std::string& label, const std::string& words) {
        script += "        " + quoted(label) + ") words=" + quoted(words) + " ;;\n";
    });
    script += "    esac\n    if [[ -z $words ]]; then\n        case $at in\n";
    walk(program, "", [&](const std::string& path, const Outline& node) {
        script += "            " + quoted(path) + ") words=" + quoted(words_after(program, node)) +
                  " ;;\n";
    });
    return script +
           "        esac\n    fi\n"
           "    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done "
           "< <(compgen -W \"$words\" -- \"$current\")\n"
           "}\n"
           "complete -o default -F _itnctl itnctl\n";
}

std::string zsh_completion(const Outline& program) {
    std::string script =
        "#compdef itnctl\n"
        "_itnctl() {\n"
        "    local at='' word\n"
        "    local -a offers\n"
        "    for word in ${words[2,CURRENT-1]}; do\n"
        "        case \"$at $word\" in\n            ";
    script += steps(program) + ") at=${at:+$at }$word ;;\n        esac\n    done\n";
    script += "    case \"$at:${words[CURRENT-1]}\" in\n";
    each_choice(program, [&](const std::string& label, const std::string& words) {
        script += "        " + quoted(label) + ") compadd -- " + words + "; return ;;\n";
    });
    script += "    esac\n    case $at in\n";
    walk(program, "", [&](const std::string& path, const Outline& node) {
        script += "        " + quoted(path) + ")\n            offers=(";
        const auto offer = [&](const std::string& name, const std::string& help) {
            script += "\n                " + quoted(name + ':' + help);
        };
        for (const Outline& child : node.children)
            offer(child.name, child.help);
        for (const OptionOutline& option : node.options)
            offer(option.name, option.help);
        script += ")\n            ;;\n";
    });
    return script +
           "    esac\n"
           "    _describe itnctl offers || _files\n"
           "}\n"
           "compdef _itnctl itnctl\n";
}

std::string fish_completion(const Outline& program) {
    std::string script =
        "function __itnctl_at\n"
        "    set -l at ''\n"
        "    set -l words (commandline -opc)\n"
        "    for word in $words[2..-1]\n"
        "        switch \"$at $word\"\n"
        "            case ";
    std::string labels = steps(program);
    for (std::size_t bar = labels.find('|'); bar != labels.npos; bar = labels.find('|', bar))
        labels[bar] = ' ';
    script +=
        labels + "\n                set at (string trim \"$at $word\")\n        end\n    end\n";
    script += "    test \"$at\" = \"$argv\"\nend\ncomplete -c itnctl -f\n";
    walk(program, "", [&](const std::string& path, const Outline& node) {
        const std::string when = "complete -c itnctl -n \"__itnctl_at " + quoted(path) + "\" ";
        for (const Outline& child : node.children)
            script += when + "-a " + child.name + " -d " + quoted(child.help) + '\n';
        for (const OptionOutline& option : node.options) {
            script += when + "-l " + option.name.substr(2) + (option.takes_value ? " -x" : "") +
                      " -d " + quoted(option.help);
            if (!option.choices.empty()) script += " -a " + quoted(joined(option.choices));
            script += '\n';
        }
    });
    return script;
}

}  // namespace itn::ctl
