// itnctl: the network from a terminal and from scripts.

#include <curl/curl.h>

#include <csignal>
#include <iostream>

#include "tools/ctl/completion.h"
#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace {

using namespace itn::ctl;

void add_completion(Tree& tree) {
    const auto shell = std::make_shared<std::string>();
    tree.verb("completion", "Prints a script that completes itnctl's words in your shell.")
        .word("shell", *shell, "Yours.")
        .choices({"bash", "zsh", "fish"})
        .runs([shell, &tree](Desk& desk) {
            const Outline program = tree.outline();
            desk.print_text(*shell == "bash"  ? bash_completion(program)
                            : *shell == "zsh" ? zsh_completion(program)
                                              : fish_completion(program));
            return 0;
        });
}

void add_all(Tree& tree) {
    add_access(tree);
    add_user(tree);
    add_partner(tree);
    add_key(tree);
    add_station(tree);
    add_product(tree);
    add_trade(tree);
    add_cargo(tree);
    add_inventory(tree);
    add_command(tree);
    add_completion(tree);
}

int run(int argc, char** argv) {
    Tree tree;
    add_all(tree);
    int exit_code = 0;
    const auto action = tree.parse(argc, argv, exit_code);
    if (!action) return exit_code;
    bool as_json = tree.common().json;
    try {
        const Environment environment = read_environment(tree.common());
        as_json = environment.json;
        Desk desk(environment);
        return (*action)(desk);
    } catch (const Trouble& trouble) {
        return tell(trouble, as_json);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "itnctl: " << error.what() << '\n';
        return static_cast<int>(Exit::unreachable);
    }
}
