#include "tools/galaxy/client.h"

#include <curl/curl.h>

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

namespace {

constexpr long deadline_seconds = 40;

struct HeaderList {
    ~HeaderList() { curl_slist_free_all(first); }
    void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
    curl_slist* first = nullptr;
};

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(bytes, size * count);
    return size * count;
}

}  // namespace

Client::Client(std::string base) : base_(std::move(base)), handle_(std::make_unique<Handle>()) {}

Client::~Client() = default;

Response Client::get(const std::string& path) {
    return perform("GET", path, "", {});
}

Response Client::send(const std::string& method, const std::string& path,
                      const nlohmann::json& body, const Headers& headers) {
    return perform(method, path, body.dump(), headers);
}

Response Client::perform(const std::string& method, const std::string& path,
                         const std::string& body, const Headers& headers) {
    CURL* curl = handle_->curl;
    std::string answer;
    HeaderList list;
    list.add("Content-Type: application/json");
    for (const auto& [name, value] : headers)
        list.add(name + ": " + value);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, (base_ + path).c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.first);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, deadline_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (method != "GET") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    }
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) return {.fault = curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return {.status = static_cast<int>(status),
            .body = nlohmann::json::parse(answer, nullptr, false)};
}

}  // namespace itn::tools
