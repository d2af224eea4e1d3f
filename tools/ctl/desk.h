#pragma once

// What a command works with: a client that signs its requests (API key, else the session, refreshed
// when it is about to end), and answers printed as the reader wants them. One thread.

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tools/ctl/environment.h"
#include "tools/ctl/exit_codes.h"
#include "tools/ctl/session.h"
#include "tools/ctl/table.h"
#include "tools/http/client.h"

namespace itn::ctl {

using nlohmann::json;
using Headers = tools::Client::Headers;

class Desk final {
public:
    explicit Desk(Environment environment);

    const Environment& environment() const { return environment_; }

    /// A request as whoever is signed in; one that came too early (429) comes again when the answer
    /// says. Throws Trouble for anything but 2xx, with its problem.
    tools::Response call(const std::string& method, const std::string& path, const json& body = {},
                         const Headers& headers = {});
    /// The same, whatever the answer.
    tools::Response ask(const std::string& method, const std::string& path, const json& body = {},
                        const Headers& headers = {});
    /// With the bytes as they are.
    tools::Response ask_text(const std::string& method, const std::string& path,
                             const std::string& body, const std::string& content_type,
                             const Headers& headers = {});
    json get(const std::string& path) { return call("GET", path).body; }
    /// A list over as many pages as `limit` rows need (0: all of them): {"data":[…],
    /// "nextCursor"?}. `query` begins with '?' or is empty; `rows` is the name of the array.
    json list(const std::string& path, const std::string& query, std::size_t limit,
              const std::string& rows = "data");

    /// The secret that signs the next request; "" when nobody is signed in. Refreshes the session
    /// when it ends within half a minute, or is the one that was just refused.
    std::string bearer(const std::string& refused = "");
    void sign_in(const std::string& email, const std::string& password);
    void sign_out();
    bool is_signed_in();

    /// Answers go to standard output, remarks to standard error.
    void print(const json& answer, const std::vector<Column>& fields) const;
    void print_list(const json& answer, const std::vector<Column>& columns,
                    const std::string& rows = "data") const;
    void print_text(const std::string& text) const;
    void remark(const std::string& text) const;

private:
    void keep(const std::string& email, const json& tokens);
    std::string session_bearer(const std::string& refused);
    std::string refresh(const std::string& stale);

    Environment environment_;
    tools::Client client_;
    SessionFile sessions_;
};

/// What the answer's Retry-After asks us to wait, within reason.
std::chrono::milliseconds asked_pause(const tools::Response& response);

/// Of --limit: 50 unless given, 0 for all.
std::size_t rows_wanted(const std::optional<std::int64_t>& limit);

/// What went wrong, from an answer that is no success.
Trouble trouble_of(const tools::Response& response);

/// Prints it to standard error: as JSON when answers are JSON, else in words. Its exit code.
int tell(const Trouble& trouble, bool as_json);

}  // namespace itn::ctl
