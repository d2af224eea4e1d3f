#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unordered_set>

#include "common/base/limits.h"
#include "common/identity/password.h"

namespace itn::identity {

namespace {

/// In lower case. Shorter ones fail by their length.
constexpr auto common = std::to_array<std::string_view>({
    "00000000",     "000000000",   "0000000000", "0123456789", "0987654321",    "11111111",
    "111111111",    "1111111111",  "1122334455", "11223344",   "12121212",      "123123123",
    "1234512345",   "12341234",    "12344321",   "123454321",  "12345678",      "123456789",
    "1234567890",   "123456789a",  "12345678a",  "123456abc",  "123654789",     "123qweasd",
    "1234qwer",     "147258369",   "159753456",  "1q2w3e4r",   "1q2w3e4r5t",    "1qaz2wsx",
    "1qaz2wsx3edc", "1qazxsw2",    "22222222",   "33333333",   "44444444",      "55555555",
    "66666666",     "741852963",   "77777777",   "789456123",  "87654321",      "88888888",
    "987654321",    "9876543210",  "99999999",   "a1234567",   "a12345678",     "a123456789",
    "aaaaaaaa",     "aa123456",    "abc12345",   "abcd1234",   "abcdefgh",      "abcdefghi",
    "access14",     "adminadmin",  "admin123",   "admin1234",  "administrator", "alexander",
    "asdfasdf",     "asdfghjk",    "asdfghjkl",  "babygirl",   "baseball",      "basketball",
    "battlestar",   "blink182",    "butterfly",  "changeme",   "charlie1",      "chocolate",
    "computer",     "corvette",    "darthvader", "dragon123",  "einstein",      "enterprise",
    "facebook",     "football",    "football1",  "galactic",   "godzilla",      "google123",
    "hello123",     "helloworld",  "iloveyou",   "iloveyou1",  "intergalactic", "internet",
    "jennifer",     "jonathan",    "letmein1",   "letmein123", "liverpool",     "master123",
    "maverick",     "mercedes",    "michelle",   "midnight",   "millennium",    "monkey123",
    "mustang1",     "nicholas",    "p@ssw0rd",   "p@ssword",   "pa55word",      "pass1234",
    "passw0rd",     "password",    "password!",  "password1",  "password12",    "password123",
    "password1234", "password2",   "pokemon1",   "princess",   "princess1",     "q1w2e3r4",
    "q1w2e3r4t5",   "qazwsxedc",   "qwer1234",   "qwertyui",   "qwertyuiop",    "qwerty12",
    "qwerty123",    "qwerty1234",  "samantha",   "secret123",  "skywalker",     "spaceship",
    "spaceman",     "spacetrader", "startrek",   "starwars",   "starwars1",     "stargate",
    "steelers",     "sunshine",    "sunshine1",  "superman",   "superman1",     "testtest",
    "test1234",     "trustno1",    "veronica",   "victoria",   "welcome1",      "welcome123",
    "whatever",     "william1",    "zaq12wsx",   "zaq1zaq1",   "zxcvbnm1",      "zxcvbnm123",
    "zxcvbnm,",
});

/// Lines of a file of common passwords: some 100 MiB, as much as a start should wait for.
constexpr std::size_t max_listed = 1'000'000;
/// Bytes of one of them, of which more are no common password.
constexpr std::size_t max_listed_size = 256;

/// What was added, in lower case.
std::unordered_set<std::string>& added() {
    static std::unordered_set<std::string> passwords;
    return passwords;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// How many bytes the code point has that begins at `text`, 0 when none does (RFC 3629).
std::size_t code_point_size(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const std::size_t size = byte(0) >= 0xc2 && byte(0) < 0xe0   ? 2
                             : byte(0) >= 0xe0 && byte(0) < 0xf0 ? 3
                             : byte(0) >= 0xf0 && byte(0) < 0xf5 ? 4
                                                                 : 0;
    if (size == 0 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xc0U) != 0x80U) return 0;
    const bool overlong =
        (byte(0) == 0xe0 && byte(1) < 0xa0) || (byte(0) == 0xf0 && byte(1) < 0x90);
    const bool surrogate = byte(0) == 0xed && byte(1) >= 0xa0;
    const bool beyond = byte(0) == 0xf4 && byte(1) >= 0x90;
    return overlong || surrogate || beyond ? 0 : size;
}

std::optional<std::size_t> code_points(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t size = code_point_size(text);
        if (size == 0) return std::nullopt;
        text.remove_prefix(size);
        ++count;
    }
    return count;
}

bool is_own_address(std::string_view password, std::string_view email) {
    const std::string chosen = lower(password);
    const std::string address = lower(email);
    return !address.empty() &&
           (chosen == address || chosen == address.substr(0, address.find('@')));
}

}  // namespace

bool is_common_password(std::string_view password) {
    const std::string text = lower(password);
    return std::ranges::find(common, text) != common.end() || added().contains(text);
}

void add_common_passwords(const std::string& file) {
    std::ifstream in(file);
    std::size_t lines = 0;
    for (std::string line; std::getline(in, line);) {
        if (++lines > max_listed)
            throw std::runtime_error(file + " has more lines than a list of common passwords");
        if (line.ends_with('\r')) line.pop_back();
        // Shorter ones fail by their length.
        const bool counts = line.size() >= limits::min_password && line.size() <= max_listed_size;
        if (counts && !line.starts_with('#')) added().insert(lower(line));
    }
    if (!in.eof()) throw std::runtime_error("the common passwords in " + file + " cannot be read");
}

std::optional<Problem> password_problem(std::string_view password, std::string_view email) {
    const auto refuse = [](std::string detail) {
        return Problem{.slug = "invalid_request",
                       .detail = "The password cannot be used.",
                       .faults = {{.pointer = "/password", .detail = std::move(detail)}}};
    };
    if (password.size() > limits::max_password)
        return refuse("longer than " + std::to_string(limits::max_password) + " bytes");
    const auto length = code_points(password);
    if (!length) return refuse("is not UTF-8");
    if (*length < limits::min_password)
        return refuse("shorter than " + std::to_string(limits::min_password) + " characters");
    if (is_common_password(password)) return refuse("is among the first that anybody would guess");
    if (is_own_address(password, email)) return refuse("is the e-mail address");
    return std::nullopt;
}

}  // namespace itn::identity
