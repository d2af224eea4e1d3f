#pragma once

// A network of a few words, for what itnctl does when it goes wrong: a server on loopback that
// answers as the test says and remembers what it was asked, and itnctl itself in this process.

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tools/ctl/environment.h"

namespace itn::ctl::tests {

struct Reply {
    int status = 200;
    nlohmann::json body{};  // null: none
    std::string headers{};  // whole lines with their CRLF
    std::string text{};     // instead of the body
};

/// One request a connection, one connection at a time.
class PretendServer final {
public:
    /// `asked` is "GET /path?query"; the body is what came with it. Runs in the server's thread.
    using Answer = std::function<Reply(const std::string& asked, const nlohmann::json& body)>;
    explicit PretendServer(Answer answer);
    ~PretendServer();
    PretendServer(const PretendServer&) = delete;
    PretendServer& operator=(const PretendServer&) = delete;

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::vector<std::string> asked() const;
    /// How many requests began so.
    std::size_t count(const std::string& beginning) const;

private:
    void serve();
    void serve_one(int fd);

    Answer answer_;
    int listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    std::thread thread_;
};

struct Ended {
    int code = 0;
    std::string output{};
    std::string trouble{};
};

/// itnctl with these words; it is signed in with an API key.
Ended run_itnctl(Environment environment, std::vector<const char*> words);

}  // namespace itn::ctl::tests
