#pragma once

// Each noun hangs its verbs into the tree. A verb reads its words, asks the network and prints what
// came; what goes wrong is a Trouble.

#include "tools/ctl/tree.h"

namespace itn::ctl {

/// All of them, and `completion`, whose action reads the tree: it must still be there then.
void add_all(Tree& tree);

void add_access(Tree& tree);  // login, logout, whoami
void add_user(Tree& tree);
void add_partner(Tree& tree);
void add_key(Tree& tree);
void add_station(Tree& tree);
void add_product(Tree& tree);
void add_trade(Tree& tree);
void add_cargo(Tree& tree);
void add_inventory(Tree& tree);
void add_command(Tree& tree);

}  // namespace itn::ctl
