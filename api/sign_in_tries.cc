#include "api/sign_in_tries.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "common/base/address.h"
#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

/// A hash, because people type their passwords where the address belongs.
std::string counted_as(std::string_view email, const std::string& peer) {
    std::string text(email);
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return wire::sha256_hex(text.append(1, ' ').append(network_of(peer)));
}

}  // namespace

SignInTries::SignInTries(storage::Accounts& accounts, std::string_view email,
                         const std::string& peer)
    : accounts_(accounts), who_(counted_as(email, peer)) {}

bool SignInTries::begin(Timestamp now) {
    const auto since = now - limits::sign_in_window;
    if (accounts_.sign_in_failures(who_, since) >= limits::max_sign_in_failures) return false;
    accounts_.note_sign_in_failure(who_, now);
    return accounts_.sign_in_failures(who_, since) <= limits::max_sign_in_failures;
}

void SignInTries::succeed() {
    accounts_.forget_sign_in_failures(who_);
}

void answer_too_many_tries(Call& call) {
    const auto wait = std::chrono::seconds(limits::sign_in_window).count();
    call.problem(problem_of("too_many_requests", "Too many wrong passwords."), {},
                 {{"Retry-After", std::to_string(wait)}});
}

}  // namespace itn::api
