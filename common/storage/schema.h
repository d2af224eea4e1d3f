#pragma once

// Does the database fit this process? Every process asks once at its start and refuses to run when
// it does not: a worker with another number of shards would decide commands in the wrong lane.

#include <cstdint>
#include <optional>
#include <string>

namespace itn::storage {

struct Settings {
    std::uint16_t shards = 0;
    std::string epoch{};
    std::string topology_fingerprint{};  // "" before the topology was declared
    int schema_version = 0;              // number of the newest migration applied
    friend bool operator==(const Settings&, const Settings&) = default;
};

/// What itn-migrate wrote; nullopt when it never ran here. Throws MachineFailure when the database
/// cannot be reached.
std::optional<Settings> read_settings(const std::string& url);

/// What is wrong, in a sentence for people that ends with what to do; nullopt when nothing is.
/// `fingerprint` "" is not compared. Throws MachineFailure as above.
std::optional<std::string> schema_fault(const std::string& url, std::uint16_t shards,
                                        const std::string& fingerprint);

}  // namespace itn::storage
