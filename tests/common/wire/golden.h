#pragma once

// Golden files: tests/golden/<name>.json holds what a value looks like on the wire, for ever.

#include <string>

namespace itn::wire {

/// Compares `text` with the golden file; a failure shows both. With ITN_WRITE_GOLDEN set in the
/// environment it writes the file instead, for a person to read the difference.
void expect_golden(const std::string& name, const std::string& text);

}  // namespace itn::wire
