#include "tools/ctl/nouns.h"

#include <memory>

#include "tools/ctl/completion.h"
#include "tools/ctl/desk.h"

namespace itn::ctl {

namespace {

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

}  // namespace

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

}  // namespace itn::ctl
