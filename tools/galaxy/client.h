#pragma once

// A small HTTP client for our own programs, on libcurl: JSON in, JSON out, one connection kept.

#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace itn::tools {

struct Response {
    int status = 0;  // 0: nobody answered
    nlohmann::json body{};
    std::string fault{};  // why nobody answered
};

/// One thread at a time.
class Client final {
public:
    /// `base` is the API's URL without a path.
    explicit Client(std::string base);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    using Headers = std::vector<std::pair<std::string, std::string>>;
    Response get(const std::string& path);
    Response send(const std::string& method, const std::string& path, const nlohmann::json& body,
                  const Headers& headers = {});

private:
    struct Handle;
    Response perform(const std::string& method, const std::string& path, const std::string& body,
                     const Headers& headers);

    std::string base_;
    std::unique_ptr<Handle> handle_;
};

}  // namespace itn::tools
