#pragma once

// Shell completion, made from what the command line really knows. Pure.

#include <string>

#include "tools/ctl/tree.h"

namespace itn::ctl {

/// A script for the shell to read: `source <(itnctl completion bash)`.
std::string bash_completion(const Outline& program);
std::string zsh_completion(const Outline& program);
std::string fish_completion(const Outline& program);

}  // namespace itn::ctl
