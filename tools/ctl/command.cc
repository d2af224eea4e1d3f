// itnctl command show

#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl {

namespace {

int show(Desk& desk, const std::string& id) {
    desk.print(desk.get("/api/commands/" + tools::escaped(id)), {{"command", "/commandId"},
                                                                 {"outcome", "/outcome"},
                                                                 {"code", "/code"},
                                                                 {"detail", "/detail"},
                                                                 {"subject", "/subject"},
                                                                 {"at", "/at"},
                                                                 {"trace", "/traceId"}});
    return 0;
}

}  // namespace

void add_command(Tree& tree) {
    const auto id = std::make_shared<std::string>();
    tree.noun("command", "What became of what was asked.")
        .verb("show", "Shows a command's outcome.")
        .word("command", *id, "Its id: the Idempotency-Key.")
        .runs([id](Desk& desk) { return show(desk, *id); });
}

}  // namespace itn::ctl
