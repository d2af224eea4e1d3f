#include "common/base/ensure.h"

#include <cstdio>
#include <cstdlib>

namespace itn {

void ensure_failed(const char* claim, const char* file, int line) {
    std::fprintf(stderr, "broken invariant: %s (%s:%d)\n", claim, file, line);
    std::abort();
}

}  // namespace itn
