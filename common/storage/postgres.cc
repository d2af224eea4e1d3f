#include "common/storage/postgres.h"

#include <string_view>
#include <utility>

#include "common/storage/store.h"

namespace itn::storage {
namespace {

// Shorter than what a caller waits for: a lock that takes longer is a machine failure, to be tried
// again. Commits are synchronous, since the broker is acknowledged on their strength. Times come
// back in UTC, which is how rows.cc reads them.
constexpr std::string_view common_settings =
    "-c timezone=UTC -c datestyle=ISO -c client_min_messages=error -c jit=off "
    "-c synchronous_commit=on";
constexpr std::string_view time_limits =
    " -c lock_timeout=2s -c idle_in_transaction_session_timeout=5s -c statement_timeout=";

// A batch finds every row by its key. Planned once, while the tables may be empty, it must not
// choose what only suits an empty table.
constexpr std::string_view index_plans =
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off "
    "-c enable_mergejoin=off";

std::string settings_for(Purpose purpose, std::chrono::milliseconds statement) {
    std::string settings(common_settings);
    if (purpose != Purpose::migrating)
        settings.append(time_limits).append(std::to_string(statement.count()));
    if (purpose == Purpose::batches) settings += index_plans;
    return settings;
}

std::string percent_encoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                           (byte >= 'A' && byte <= 'Z');
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

/// libpq takes a URI or a list of key='value'; the settings are added in the same form.
std::string with_options(const std::string& url, const std::string& application,
                         const std::string& settings) {
    const std::pair<const char*, std::string_view> options[] = {
        {"application_name", application}, {"options", settings},     {"connect_timeout", "5"},
        {"tcp_user_timeout", "15000"},     {"keepalives_idle", "10"},
    };
    std::string out = url;
    const bool is_uri = url.find("://") != std::string::npos;
    char separator = url.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [key, value] : options) {
        if (is_uri) {
            out += separator;
            out += std::string(key) + "=" + percent_encoded(value);
            separator = '&';
        } else {
            out += std::string(" ") + key + "=" + quoted(value);
        }
    }
    return out;
}

bool is_fault_of_a_command(const std::string& state) {
    return state.starts_with("22") || state.starts_with("23") || state == "XX000";
}

/// The session survives these; after anything else a new connection is the safe one.
bool leaves_connection_sound(const std::string& state) {
    return state.starts_with("40") || state.starts_with("42") || state == "55P03" ||
           state == "57014";
}

[[noreturn]] void rethrow(const pqxx::sql_error& error, Connection& connection) {
    const std::string& state = error.sqlstate();
    const std::string what = state + ": " + error.what();
    if (state == "23505" && what.find("outcome_pkey") != std::string::npos) {
        throw OutcomeTaken(what);
    }
    if (is_fault_of_a_command(state)) throw CommandFault(state, what);
    if (!leaves_connection_sound(state)) connection.lose();
    if (state == "55P03" || state == "40P01") throw Blocked(what);
    throw MachineFailure(what);
}

std::unique_ptr<pqxx::transaction_base> open(pqxx::connection& connection, Mode mode) {
    switch (mode) {
        case Mode::autocommit:
            return std::make_unique<pqxx::nontransaction>(connection);
        case Mode::read_write:
            return std::make_unique<pqxx::transaction<pqxx::read_committed>>(connection);
        case Mode::snapshot:
            return std::make_unique<
                pqxx::transaction<pqxx::repeatable_read, pqxx::readwrite_policy::read_only>>(
                connection);
    }
    std::abort();
}

}  // namespace

Connection::Connection(std::string url, std::string application, Purpose purpose,
                       std::chrono::milliseconds statement)
    : options_(with_options(url, application, settings_for(purpose, statement))) {}

Connection::~Connection() = default;

pqxx::connection& Connection::live() {
    if (connection_ && !is_lost_ && connection_->is_open()) return *connection_;
    connection_.reset();
    prepared_.clear();
    is_lost_ = false;
    try {
        connection_ = std::make_unique<pqxx::connection>(options_);
    } catch (const pqxx::failure& error) {
        throw MachineFailure(error.what());
    }
    return *connection_;
}

void Connection::prepare(const Statement& statement) {
    if (prepared_.contains(std::string_view(statement.name))) return;
    connection_->prepare(statement.name, statement.sql);
    prepared_.emplace(statement.name);
}

Session::Session(Connection& connection, Mode mode)
    : connection_(connection), work_(guarded([&] { return open(connection.live(), mode); })) {}

Session::~Session() = default;

template <class Work>
auto Session::guarded(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const pqxx::sql_error& error) {
        rethrow(error, connection_);
    } catch (const pqxx::failure& error) {  // broken, or a commit in doubt
        connection_.lose();
        throw MachineFailure(error.what());
    }
}

pqxx::result Session::run(const Statement& statement, const std::vector<Param>& params) {
    std::vector<const char*> texts;
    texts.reserve(params.size());
    for (const Param& param : params)
        texts.push_back(param.text());
    return guarded([&] {
        connection_.prepare(statement);
        return work_->exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(texts));
    });
}

pqxx::result Session::execute(const std::string& sql) {
    return guarded([&] { return work_->exec(sql); });
}

void Session::commit() {
    guarded([&] { work_->commit(); });
}

}  // namespace itn::storage
