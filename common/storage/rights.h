#pragma once

// What a principal may now, whoever it is: a row of the view principal_rights.

#include <cstdint>
#include <vector>

#include "common/base/id.h"
#include "common/identity/permissions.h"

namespace itn::storage {

struct Rights {
    Principal principal{};
    identity::Roles roles{};
    std::vector<StationId> stations{};  // sorted
    bool disabled = false;
    std::int64_t version = 1;
    friend bool operator==(const Rights&, const Rights&) = default;
};

}  // namespace itn::storage
