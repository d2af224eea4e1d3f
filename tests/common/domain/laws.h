#pragma once

// The laws that hold in every galaxy after every history, checked against the journal alone.

#include <string>

#include "tests/common/domain/galaxy.h"

namespace itn::domain::test {

/// The first law that is broken, with what broke it; "" when all hold.
std::string broken_law(const Galaxy& galaxy);

}  // namespace itn::domain::test
