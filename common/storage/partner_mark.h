#pragma once

// How far the feed of the partners' queues has come, and who feeds them: one among all processes
// that try, for as long as its connection lives. Not thread-safe. Every call may throw
// MachineFailure.

#include <cstdint>
#include <memory>
#include <string>

#include "common/wire/position.h"

namespace itn::storage {

class Connection;

/// `anew`: it is held, but was not when this was asked before, so others may have moved the mark.
enum class Held : std::uint8_t { no, anew, still };

class PartnerMark final {
public:
    /// Connects at the first call, not here.
    PartnerMark(std::string url, std::string application);
    ~PartnerMark();
    PartnerMark(const PartnerMark&) = delete;
    PartnerMark& operator=(const PartnerMark&) = delete;

    /// Tries to become, or to stay, the one that feeds.
    Held hold();
    /// No lane at all when there is no mark; the epoch is that of the journal now.
    wire::Position position();
    /// Moves lanes on; never back, whoever else moved them meanwhile.
    void move(const wire::Position& to);
    /// From now on there is no mark.
    void forget();

private:
    std::unique_ptr<Connection> connection_;
};

}  // namespace itn::storage
