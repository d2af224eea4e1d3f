#pragma once

// Who is signed in where, kept between two runs in one file that nobody else can read:
//
//     {"<url of the API>": {"email":…, "accessToken":…, "refreshToken":…, "expiresAt":<seconds>}}
//
// A refresh token is good for one exchange, and using it twice ends the session. So whoever
// exchanges holds the lock, looks again, and replaces the file whole.

#include <cstdint>
#include <optional>
#include <string>

namespace itn::ctl {

struct Session {
    std::string email{};
    std::string access_token{};
    std::string refresh_token{};
    std::int64_t expires_at = 0;  // of the access token, in seconds since 1970
    friend bool operator==(const Session&, const Session&) = default;
};

class SessionFile final {
public:
    /// Nothing is touched before it is needed.
    explicit SessionFile(std::string path) : path_(std::move(path)) {}

    /// nullopt: nobody is signed in there. A file that others may read, or that is no JSON of ours,
    /// throws Trouble.
    std::optional<Session> load(const std::string& url) const;
    /// nullopt forgets. Under the lock. Throws Trouble when it cannot be written.
    void save(const std::string& url, const std::optional<Session>& session) const;

    /// Held by one process of the user's at a time; waits for it.
    class Lock {
    public:
        explicit Lock(const SessionFile& file);
        ~Lock();
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

    private:
        int fd_;
    };

private:
    void make_directory() const;
    std::string path_;
};

}  // namespace itn::ctl
