#include "tools/ctl/desk.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace itn::ctl {

namespace {

constexpr std::int64_t early_seconds = 30;
constexpr std::size_t page = 200;
constexpr int most_waits = 3;
constexpr std::chrono::seconds longest_wait{20};

std::int64_t now_in_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

std::string text_of(const json& object, const char* field) {
    const auto found = object.is_object() ? object.find(field) : object.end();
    return found != object.end() && found->is_string()
               ? printable(found->get_ref<const std::string&>())
               : "";
}

/// The detail of a problem and a line for each place in it.
std::string words_of(const tools::Response& response) {
    std::string words = text_of(response.body, "detail");
    if (words.empty()) words = text_of(response.body, "title");
    if (words.empty()) words = "the answer was " + std::to_string(response.status);
    for (const json& fault :
         response.body.is_object() ? response.body.value("errors", json::array()) : json::array())
        words += "\n  " + text_of(fault, "pointer") + ": " + text_of(fault, "detail");
    return words;
}

}  // namespace

Desk::Desk(Environment environment)
    : environment_(std::move(environment)),
      client_(environment_.url),
      sessions_(environment_.session_file) {
    client_.trust(environment_.ca_file);
}

tools::Response Desk::call(const std::string& method, const std::string& path, const json& body,
                           const Headers& headers) {
    tools::Response response = ask(method, path, body, headers);
    if (!response.is_success()) throw trouble_of(response);
    return response;
}

tools::Response Desk::ask(const std::string& method, const std::string& path, const json& body,
                          const Headers& headers) {
    return body.is_null() ? ask_text(method, path, "", "", headers)
                          : ask_text(method, path, body.dump(), "application/json", headers);
}

tools::Response Desk::ask_text(const std::string& method, const std::string& path,
                               const std::string& body, const std::string& content_type,
                               const Headers& headers) {
    std::string secret = bearer();
    for (int tries = 1;; ++tries) {
        client_.authorize(secret);
        auto response = client_.send_text(method, path, body, content_type, headers);
        const bool has_session = !secret.empty() && environment_.api_key.empty();
        if (response.status == 401 && has_session && tries == 1) {
            secret = bearer(secret);
        } else if (response.status == 429 && tries <= most_waits) {
            std::this_thread::sleep_for(asked_pause(response));
        } else {
            return response;
        }
    }
}

json Desk::list(const std::string& path, const std::string& query, std::size_t limit,
                const std::string& rows) {
    json all = {{rows, json::array()}};
    std::string cursor;
    do {
        const std::size_t have = all[rows].size();
        const std::size_t wanted = limit == 0 ? page : std::min(page, limit - have);
        std::string asked = path + query + (query.empty() ? '?' : '&');
        asked += "limit=" + std::to_string(wanted);
        if (!cursor.empty()) asked += "&cursor=" + tools::escaped(cursor);
        json answer = get(asked);
        for (json& row : answer[rows])
            all[rows].push_back(std::move(row));
        cursor = text_of(answer, "nextCursor");
        answer.erase(rows);
        answer.erase("nextCursor");
        all.update(answer);
    } while (!cursor.empty() && (limit == 0 || all[rows].size() < limit));
    if (!cursor.empty()) all["nextCursor"] = cursor;
    return all;
}

std::string Desk::bearer(const std::string& refused) {
    return environment_.api_key.empty() ? session_bearer(refused) : environment_.api_key;
}

std::string Desk::session_bearer(const std::string& refused) {
    const auto session = sessions_.load(environment_.url);
    if (!session) return "";
    const bool is_fresh = session->expires_at > now_in_seconds() + early_seconds;
    const bool is_good = is_fresh && session->access_token != refused;
    return is_good ? session->access_token : refresh(session->access_token);
}

/// Exchanges the refresh token, unless another itnctl did it while this one waited for the lock.
std::string Desk::refresh(const std::string& stale) {
    const SessionFile::Lock lock(sessions_);
    const auto session = sessions_.load(environment_.url);
    if (!session) return "";
    if (session->access_token != stale) return session->access_token;
    client_.authorize("");
    const auto response =
        client_.send("POST", "/api/auth/refresh", json{{"refreshToken", session->refresh_token}});
    if (response.status == 401) {
        sessions_.save(environment_.url, std::nullopt);
        throw Trouble(Exit::signed_out, "the session has ended: itnctl login");
    }
    if (!response.is_success()) throw trouble_of(response);
    keep(session->email, response.body);
    return text_of(response.body, "accessToken");
}

/// Under the lock.
void Desk::keep(const std::string& email, const json& tokens) {
    sessions_.save(
        environment_.url,
        Session{.email = email,
                .access_token = text_of(tokens, "accessToken"),
                .refresh_token = text_of(tokens, "refreshToken"),
                .expires_at = now_in_seconds() + tokens.value("expiresIn", std::int64_t(0))});
}

void Desk::sign_in(const std::string& email, const std::string& password) {
    client_.authorize("");
    const auto response =
        client_.send("POST", "/api/auth/login", json{{"email", email}, {"password", password}});
    if (!response.is_success()) throw trouble_of(response);
    const SessionFile::Lock lock(sessions_);
    keep(email, response.body);
}

void Desk::sign_out() {
    client_.authorize(session_bearer(""));
    const SessionFile::Lock lock(sessions_);
    const auto session = sessions_.load(environment_.url);
    if (!session) throw Trouble(Exit::signed_out, "nobody is signed in at " + environment_.url);
    const auto response =
        client_.send("POST", "/api/auth/logout", json{{"refreshToken", session->refresh_token}});
    // What the network does not know any more is over too.
    const bool is_over = response.is_success() || response.status == 401;
    if (!is_over) throw trouble_of(response);
    sessions_.save(environment_.url, std::nullopt);
}

bool Desk::is_signed_in() {
    return !environment_.api_key.empty() || sessions_.load(environment_.url).has_value();
}

void Desk::print(const json& answer, const std::vector<Column>& fields) const {
    std::cout << (environment_.json ? answer.dump(2) + '\n'
                                    : sheet(answer, fields, environment_.styled));
}

void Desk::print_list(const json& answer, const std::vector<Column>& columns,
                      const std::string& rows) const {
    if (environment_.json) {
        std::cout << answer.dump(2) << '\n';
        return;
    }
    std::cout << table(answer.at(rows), columns, environment_.styled);
    if (answer.contains("nextCursor")) remark("there are more: --limit 0 shows all");
}

void Desk::print_text(const std::string& text) const {
    std::cout << text;
}

void Desk::remark(const std::string& text) const {
    if (environment_.progress) std::cerr << text << '\n';
}

std::chrono::milliseconds asked_pause(const tools::Response& response) {
    const auto header = response.headers.find("retry-after");
    const long seconds = header == response.headers.end() ? 1 : std::atol(header->second.c_str());
    return std::clamp<std::chrono::milliseconds>(std::chrono::seconds(seconds),
                                                 std::chrono::milliseconds(300), longest_wait);
}

std::size_t rows_wanted(const std::optional<std::int64_t>& limit) {
    constexpr std::int64_t usual = 50;
    return static_cast<std::size_t>(std::max<std::int64_t>(0, limit.value_or(usual)));
}

Trouble trouble_of(const tools::Response& response) {
    if (response.obstacle == tools::Obstacle::address) return {Exit::usage, response.fault};
    if (response.obstacle == tools::Obstacle::certificate)
        return {Exit::usage, response.fault +
                                 "\n  ITN_CA_FILE names a PEM file with the certificate that "
                                 "vouches for the server"};
    if (response.status == 0) return {Exit::unreachable, "nobody answers: " + response.fault};
    std::string words = words_of(response);
    if (response.status == 401) words += "\n  sign in first: itnctl login, or ITN_API_KEY";
    return {exit_of(response.status), words,
            response.body.is_object() ? response.body.dump(2) : ""};
}

int tell(const Trouble& trouble, bool as_json) {
    if (as_json && !trouble.problem().empty()) {
        std::cerr << trouble.problem() << '\n';
    } else {
        std::cerr << "itnctl: " << trouble.what() << '\n';
    }
    return static_cast<int>(trouble.exit());
}

}  // namespace itn::ctl
