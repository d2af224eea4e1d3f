#include "tests/e2e/https_client.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace itn::tests {

struct HttpsClient::Handle {
    Handle() : curl(curl_easy_init()) {
        if (curl == nullptr) throw std::runtime_error("libcurl gives no handle");
    }
    ~Handle() { curl_easy_cleanup(curl); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;

    CURL* curl;
};

namespace {

using Clock = std::chrono::steady_clock;

/// What a transfer writes to.
struct Intake {
    HttpsReply reply{};
    std::function<bool(const std::string&)> wants_more{};
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* into) {
    auto& intake = *static_cast<Intake*>(into);
    intake.reply.body.append(bytes, size * count);
    const bool is_enough = intake.wants_more && !intake.wants_more(intake.reply.body);
    return is_enough ? 0 : size * count;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* into) {
    const std::string_view line(bytes, size * count);
    const auto colon = line.find(':');
    if (colon == line.npos) return line.size();
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto begin = line.find_first_not_of(' ', colon + 1);
    const auto end = line.find_last_not_of("\r\n ");
    static_cast<Intake*>(into)->reply.headers[name] =
        begin > end ? "" : std::string(line.substr(begin, end + 1 - begin));
    return line.size();
}

struct HeaderList {
    explicit HeaderList(const Headers& headers) {
        for (const auto& [name, value] : headers)
            first = curl_slist_append(first, (name + ": " + value).c_str());
    }
    ~HeaderList() { curl_slist_free_all(first); }
    HeaderList(const HeaderList&) = delete;
    HeaderList& operator=(const HeaderList&) = delete;
    curl_slist* first = nullptr;
};

void perform(CURL* curl, const Headers& headers, Intake& intake) {
    const HeaderList list(headers);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.first);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &intake);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &intake);
    const auto began = Clock::now();
    curl_easy_perform(curl);
    intake.reply.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    long status = 0, version = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
    intake.reply.status = static_cast<int>(status);
    intake.reply.is_http2 = version == CURL_HTTP_VERSION_2;
}

/// Waits for the socket; false at the deadline.
bool wait_for(CURL* curl, short what, Clock::time_point deadline) {
    curl_socket_t socket = 0;
    curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &socket);
    pollfd polled{.fd = socket, .events = what, .revents = 0};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    return left.count() > 0 && poll(&polled, 1, static_cast<int>(left.count())) > 0;
}

std::string receive_all(CURL* curl, Clock::time_point deadline) {
    std::string answer;
    std::array<char, 4096> chunk{};
    for (;;) {
        std::size_t got = 0;
        const CURLcode code = curl_easy_recv(curl, chunk.data(), chunk.size(), &got);
        if (code == CURLE_AGAIN && wait_for(curl, POLLIN, deadline)) continue;
        if (code != CURLE_OK || got == 0) return answer;
        answer.append(chunk.data(), got);
    }
}

}  // namespace

HttpsClient::HttpsClient(std::uint16_t port, std::string ca_file, std::string from)
    : base_("https://localhost:" + std::to_string(port)),
      ca_file_(std::move(ca_file)),
      from_(std::move(from)),
      handle_(std::make_unique<Handle>()) {}

HttpsClient::~HttpsClient() = default;

void HttpsClient::prepare(const std::string& path) {
    CURL* curl = handle_->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, (base_ + path).c_str());
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    if (from_.empty()) return;
    curl_easy_setopt(curl, CURLOPT_INTERFACE, ("host!" + from_).c_str());
    curl_easy_setopt(curl, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
}

HttpsReply HttpsClient::request(const std::string& method, const std::string& path,
                                const std::string& body, const Headers& headers) {
    prepare(path);
    CURL* curl = handle_->curl;
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    if (!body.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    }
    Intake intake;
    Headers all = headers;
    all.emplace_back("Content-Type", "application/json");
    perform(curl, all, intake);
    return intake.reply;
}

HttpsReply HttpsClient::stream(const std::string& path, const Headers& headers,
                               std::function<bool(const std::string&)> wants_more) {
    prepare(path);
    Intake intake{.reply = {}, .wants_more = std::move(wants_more)};
    perform(handle_->curl, headers, intake);
    return intake.reply;
}

std::string HttpsClient::raw(std::string_view bytes) {
    const Handle own;
    curl_easy_setopt(own.curl, CURLOPT_URL, base_.c_str());
    curl_easy_setopt(own.curl, CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(own.curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(own.curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(own.curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    if (curl_easy_perform(own.curl) != CURLE_OK) return "";
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const CURLcode code = curl_easy_send(own.curl, bytes.data(), bytes.size(), &sent);
        if (code == CURLE_AGAIN && wait_for(own.curl, POLLOUT, deadline)) continue;
        if (code != CURLE_OK) break;
        bytes.remove_prefix(sent);
    }
    return receive_all(own.curl, deadline);
}

}  // namespace itn::tests
