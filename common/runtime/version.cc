#include "common/runtime/version.h"

namespace itn::runtime {

std::string_view version() {
    return ITN_VERSION;
}

std::string_view revision() {
    return ITN_REVISION;
}

}  // namespace itn::runtime
