// itnctl: the network from a terminal and from scripts.

#include <curl/curl.h>

#include <csignal>
#include <iostream>

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace {

using namespace itn::ctl;

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
