#include "common/domain/rules.h"

namespace itn::domain {

bool Case::is_expired() const {
    if (is_of_system()) return false;
    return command.issued_at < context.now - limits::max_command_age ||
           command.issued_at > context.now + limits::max_clock_skew;
}

bool Case::is_stale(std::int64_t actual) const {
    return command.expected_version && *command.expected_version != actual;
}

Decision Case::applied(std::vector<Fact> facts) const {
    return {.facts = std::move(facts), .subject = command.subject};
}

Decision Case::rejected(Rejection rejection, std::string detail) const {
    return {.rejection = rejection, .detail = std::move(detail), .subject = command.subject};
}

Decision Case::expired() const {
    return rejected(Rejection::expired, "issued at " + to_rfc3339(command.issued_at) +
                                            ", decided at " + to_rfc3339(context.now));
}

Decision Case::stale(std::int64_t actual) const {
    return rejected(Rejection::stale_version,
                    "expected version " + std::to_string(command.expected_version.value_or(0)) +
                        ", actual version " + std::to_string(actual));
}

Decision Case::no_trade(const TransactionId& id) const {
    return rejected(Rejection::trade_not_found, "there is no trade " + id.text());
}

Decision Case::no_shipment(const ShipmentId& id) const {
    return rejected(Rejection::shipment_not_found, "there is no shipment " + id.text());
}

}  // namespace itn::domain
