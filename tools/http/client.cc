#include "tools/http/client.h"

#include <curl/curl.h>

#include <cctype>
#include <stdexcept>

namespace itn::tools {

struct Client::Handle {
    Handle() : curl(curl_easy_init()) {
        if (curl == nullptr) throw std::runtime_error("libcurl gives no handle");
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    CURL* curl;
};

struct Client::Request {
    std::string method{};
    std::string path{};
    std::string body{};
    std::string content_type{};  // "": there is no body
    Headers headers{};
    const OnBytes* on_bytes = nullptr;
};

namespace {

constexpr long deadline_seconds = 40;
constexpr long connect_seconds = 5;
constexpr long silence_seconds = 60;

struct HeaderList {
    ~HeaderList() { curl_slist_free_all(first); }
    void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
    curl_slist* first = nullptr;
};

/// Where the answer goes while it comes.
struct Sink {
    CURL* curl = nullptr;
    Response response{};
    const Client::OnBytes* on_bytes = nullptr;
    bool was_left = false;
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
    Sink& sink = *static_cast<Sink*>(into);
    const std::size_t length = size * count;
    long status = 0;
    curl_easy_getinfo(sink.curl, CURLINFO_RESPONSE_CODE, &status);
    if (sink.on_bytes == nullptr || status != 200) {
        sink.response.text.append(bytes, length);
        return length;
    }
    if ((*sink.on_bytes)(std::string_view(bytes, length))) return length;
    sink.was_left = true;
    return 0;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
    const std::string_view line(bytes, size * count);
    const auto colon = line.find(':');
    if (colon == line.npos) return line.size();
    std::string name(line.substr(0, colon));
    for (char& c : name)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto first = line.find_first_not_of(" \t", colon + 1);
    const auto last = line.find_last_not_of(" \t\r\n");
    std::string value;
    if (first != line.npos && last >= first) value = line.substr(first, last - first + 1);
    static_cast<Sink*>(into)->response.headers[name] = std::move(value);
    return line.size();
}

/// The URL as it may be shown: a user and password are left out.
std::string shown(const std::string& url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == url.npos ? 0 : scheme + 3;
    const auto at = url.substr(0, url.find('/', begin)).rfind('@');
    return at == url.npos || at < begin ? url : url.substr(0, begin) + url.substr(at + 1);
}

/// A switch over libcurl's codes would have to name them all.
Obstacle obstacle_of(CURLcode code) {
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) return Obstacle::address;
    const bool is_certificate =
        code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
    return is_certificate ? Obstacle::certificate : Obstacle::network;
}

void set_waits(CURL* curl, bool is_stream) {
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    if (is_stream) {
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, silence_seconds);
    } else {
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, deadline_seconds);
    }
}

}  // namespace

Client::Client(std::string base) : base_(std::move(base)), handle_(std::make_unique<Handle>()) {}

Client::~Client() = default;

void Client::authorize(std::string bearer) {
    bearer_ = std::move(bearer);
}

void Client::trust(std::string ca_file) {
    ca_file_ = std::move(ca_file);
}

Response Client::get(const std::string& path, const Headers& headers) {
    return perform({.method = "GET", .path = path, .headers = headers});
}

Response Client::send(const std::string& method, const std::string& path,
                      const nlohmann::json& body, const Headers& headers) {
    if (body.is_null()) return perform({.method = method, .path = path, .headers = headers});
    return send_text(method, path, body.dump(), "application/json", headers);
}

Response Client::send_text(const std::string& method, const std::string& path,
                           const std::string& body, const std::string& content_type,
                           const Headers& headers) {
    return perform({.method = method,
                    .path = path,
                    .body = body,
                    .content_type = content_type,
                    .headers = headers});
}

Response Client::stream(const std::string& path, const Headers& headers, const OnBytes& on_bytes) {
    return perform({.method = "GET", .path = path, .headers = headers, .on_bytes = &on_bytes});
}

Response Client::perform(const Request& request) {
    CURL* curl = handle_->curl;
    Sink sink{.curl = curl, .on_bytes = request.on_bytes};
    HeaderList list;
    list.add(request.content_type.empty() ? "Content-Type:"
                                          : "Content-Type: " + request.content_type);
    if (!bearer_.empty()) list.add("Authorization: Bearer " + bearer_);
    for (const auto& [name, value] : request.headers)
        list.add(name + ": " + value);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, (base_ + request.path).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!ca_file_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.first);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &sink);
    set_waits(curl, request.on_bytes != nullptr);
    if (request.method == "POST" || !request.content_type.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK && !sink.was_left)
        return {.obstacle = obstacle_of(code),
                .fault = shown(base_ + request.path) + ": " + curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    sink.response.status = static_cast<int>(status);
    sink.response.body = nlohmann::json::parse(sink.response.text, nullptr, false);
    return std::move(sink.response);
}

std::string escaped(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
        } else {
            ((out += '%') += digits[byte >> 4U]) += digits[byte & 15U];
        }
    }
    return out;
}

}  // namespace itn::tools
