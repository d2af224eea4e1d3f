#include "common/identity/token_claims.h"

#include <algorithm>
#include <chrono>

#include "common/base/limits.h"

namespace itn::identity {

namespace {

using std::chrono::seconds;

/// The last second of the year 9999: far from any overflow.
constexpr std::int64_t last_second = 253'402'300'799;

std::int64_t to_seconds(Timestamp at) {
    return std::chrono::floor<seconds>(at.time_since_epoch()).count();
}

bool is_visible(char c) {
    return c > ' ' && c < 0x7f;
}

/// Reads claim by claim and remembers whether all were there.
class ClaimReader final {
public:
    explicit ClaimReader(const FlatObject& object) : object_(object) {}

    bool complete() const { return complete_; }

    /// Visible ASCII, at least one character.
    std::string word(std::string_view name) {
        const auto text = take<std::string>(name);
        complete_ &= !text.empty() && text.size() <= limits::max_header_text &&
                     std::ranges::all_of(text, is_visible);
        return text;
    }
    std::int64_t number(std::string_view name) {
        const auto number = take<std::int64_t>(name);
        const bool in_range = number >= 0 && number <= last_second;
        complete_ &= in_range;
        return in_range ? number : 0;
    }
    Timestamp time(std::string_view name) { return Timestamp(seconds(number(name))); }

    template <class T>
    T take(std::string_view name) {
        const T* value = object_.find<T>(name);
        complete_ &= value != nullptr;
        return value == nullptr ? T{} : *value;
    }

private:
    const FlatObject& object_;
    bool complete_ = true;
};

Roles roles_from(const std::vector<std::string>& names) {
    Roles roles;
    for (const auto& text : names)
        if (const auto role = granted_role_from(text)) roles.insert(*role);
    return roles;
}

std::vector<std::string> role_names(Roles roles) {
    std::vector<std::string> texts;
    roles.each([&](Role role) { texts.emplace_back(name(role)); });
    return texts;
}

std::vector<std::string> station_texts(const std::vector<StationId>& stations) {
    std::vector<std::string> texts;
    for (const auto& station : stations)
        texts.push_back(station.text());
    return texts;
}

}  // namespace

std::string write_claims(const Claims& claims) {
    FlatObject object;
    object.add("iss", claims.issuer);
    object.add("aud", claims.audience);
    object.add("sub", claims.subject.text());
    object.add("client_id", claims.client);
    object.add("jti", claims.token_id);
    object.add("iat", to_seconds(claims.issued_at));
    object.add("exp", to_seconds(claims.expires_at));
    object.add("roles", role_names(claims.roles));
    object.add("scope", names(claims.scopes));
    object.add("stations", station_texts(claims.stations));
    object.add("ver", claims.version);
    if (!claims.session.empty()) object.add("sid", claims.session);
    return write_flat_json(object);
}

std::optional<ReadClaims> read_claims(const FlatObject& object) {
    ClaimReader reader(object);
    ReadClaims read;
    Claims& claims = read.claims;
    claims.issuer = reader.word("iss");
    claims.audience = reader.word("aud");
    claims.subject = Principal(reader.word("sub"));
    claims.client = reader.word("client_id");
    claims.token_id = reader.word("jti");
    claims.issued_at = reader.time("iat");
    claims.expires_at = reader.time("exp");
    claims.roles = roles_from(reader.take<std::vector<std::string>>("roles"));
    claims.scopes = scopes_from(reader.take<std::string>("scope"));
    for (auto& station : reader.take<std::vector<std::string>>("stations"))
        claims.stations.emplace_back(std::move(station));
    claims.version = reader.number("ver");
    if (object.has("sid")) claims.session = reader.word("sid");
    if (object.has("nbf")) read.not_before = reader.time("nbf");
    return reader.complete() ? std::optional(std::move(read)) : std::nullopt;
}

}  // namespace itn::identity
