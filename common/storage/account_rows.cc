#include "common/storage/account_rows.h"

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/statements_accounts.h"

namespace itn::storage {
namespace {

constexpr char digits[] = "0123456789abcdef";
constexpr const char* no_such_key = "23503";

/// The beginning of the text that ends between two characters (UTF-8), and fits.
std::string_view cut(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    const auto is_within_character = [&] { return (text[most] & '\xc0') == '\x80'; };
    while (most > 0 && is_within_character())
        --most;
    return text.substr(0, most);
}

std::uint8_t nibble_of(char digit) {
    const auto at = std::string_view(digits).find(digit);
    ENSURE(at != std::string_view::npos && digit != '\0');
    return static_cast<std::uint8_t>(at);
}

}  // namespace

std::vector<StationId> stations_of(const pqxx::field& field) {
    std::vector<StationId> stations;
    for (std::string& text : texts_of(field))
        stations.emplace_back(std::move(text));
    return stations;
}

Rights rights_of(const pqxx::row& row) {
    Rights rights{.principal = Principal(text_of(row[0])),
                  .stations = stations_of(row[4]),
                  .disabled = flag_of(row[2]),
                  .version = integer_of(row[3])};
    const auto role = identity::granted_role_from(text_of(row[1]));
    if (role) rights.roles.insert(*role);
    return rights;
}

identity::Digest digest_of(const pqxx::field& field) {
    const std::string hex = text_of(field);
    identity::Digest digest{};
    ENSURE(hex.size() == 2 * digest.size());
    for (std::size_t i = 0; i < digest.size(); ++i) {
        digest[i] =
            static_cast<std::uint8_t>(nibble_of(hex[2 * i]) << 4 | nibble_of(hex[2 * i + 1]));
    }
    return digest;
}

std::string hex_of(const identity::Digest& digest) {
    std::string hex;
    hex.reserve(2 * digest.size());
    for (const std::uint8_t byte : digest) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

Param flag(bool value) {
    return value ? "t" : "f";
}

bool add_stations(Session& session, const Statement& insert, const std::string& of,
                  const std::vector<StationId>& stations) {
    try {
        session.run(insert, {of, array_of(stations)});
    } catch (const CommandFault& fault) {
        if (fault.sqlstate() != no_such_key) throw;
        return false;
    }
    return true;
}

void write_audit(Session& session, std::span<const AuditLine> lines) {
    if (lines.empty()) return;
    ArrayText at, event, principal, peer, subject, detail;
    for (const AuditLine& line : lines) {
        at.add(line.at);
        event.add(line.event);
        principal.add(line.principal);
        peer.add(line.peer);
        subject.add(cut(line.subject, limits::max_audit_subject));
        detail.add(cut(line.detail, limits::max_audit_detail));
    }
    session.run(statements::insert_audit,
                {std::move(at).take(), std::move(event).take(), std::move(principal).take(),
                 std::move(peer).take(), std::move(subject).take(), std::move(detail).take()});
}

}  // namespace itn::storage
