#pragma once

// A small HTTP client for our own programs, on libcurl: JSON in, JSON out, one connection kept.
// Redirects are not followed, so an Authorization never travels to where it was not meant for.

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn::tools {

/// Why nobody answered.
enum class Obstacle {
    none,
    network,      // nobody is there, or not in time
    address,      // the URL is none
    certificate,  // whoever is there is not vouched for, or the file of those who vouch is no good
};

struct Response {
    int status = 0;         // 0: nobody answered
    nlohmann::json body{};  // discarded when it is no JSON
    std::string text{};
    std::map<std::string, std::string> headers{};  // names in lower case
    Obstacle obstacle = Obstacle::none;
    std::string fault{};  // in words, with the URL but without a user and password in it

    bool is_success() const { return status >= 200 && status < 300; }
};

/// One thread at a time.
class Client final {
public:
    /// `base` is the URL that paths are added to. A user and password in it are sent as Basic.
    explicit Client(std::string base);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// The access token or API key of all requests from now on; "" for none.
    void authorize(std::string bearer);
    /// The PEM file of the certificates that vouch for servers, instead of the machine's own; ""
    /// for those.
    void trust(std::string ca_file);

    using Headers = std::vector<std::pair<std::string, std::string>>;
    Response get(const std::string& path, const Headers& headers = {});
    /// A null body is none at all.
    Response send(const std::string& method, const std::string& path, const nlohmann::json& body,
                  const Headers& headers = {});
    /// As send(), with the bytes as they are.
    Response send_text(const std::string& method, const std::string& path, const std::string& body,
                       const std::string& content_type, const Headers& headers = {});

    /// Hands over the bytes of a successful answer as they come, until the server ends it, nothing
    /// came for a minute, or `on_bytes` returns false. The answer's text is kept when it was none.
    using OnBytes = std::function<bool(std::string_view)>;
    Response stream(const std::string& path, const Headers& headers, const OnBytes& on_bytes);

private:
    struct Handle;
    struct Request;
    Response perform(const Request& request);

    std::string base_;
    std::string bearer_;
    std::string ca_file_;
    std::unique_ptr<Handle> handle_;
};

/// Percent-encoded for a path or a query; nothing but unreserved characters stays.
std::string escaped(std::string_view text);

}  // namespace itn::tools
