#pragma once

// What was built: given by CMakeLists.txt to version.cc alone, so that a new revision compiles one
// small file again.

#include <string_view>

namespace itn::runtime {

/// "0.1.0"
std::string_view version();
/// The commit that a package was built from; empty in a working copy.
std::string_view revision();

}  // namespace itn::runtime
