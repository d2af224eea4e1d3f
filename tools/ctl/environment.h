#pragma once

// What surrounds itnctl: settings and secrets from the environment, the terminal, the clock.

#include <cstdint>
#include <string>

namespace itn::ctl {

struct CommonOptions;

struct Environment {
    std::string url{};       // of the REST API, without a path
    std::string feed_url{};  // http(s), of the real-time feed; "": where the API says it is
    std::string ca_file{};   // PEM, of who vouches for servers; "": the machine's own
    std::string api_key{};
    std::string database_url{};
    std::string amqp_url{};
    std::string management_url{};
    std::string common_passwords{};  // a file, as the API has it; "": none
    std::string session_file{};
    bool json = false;      // answers in JSON
    bool styled = false;    // titles in bold
    bool progress = false;  // somebody watches standard error
};

/// Throws Trouble(Exit::usage) for a URL without http:// or https://, a secret's file that cannot
/// be read, or nowhere to keep a session.
Environment read_environment(const CommonOptions& options);

/// The value of the variable, or of the file that NAME_FILE names without its line end; "" else.
std::string variable_or_file(const std::string& name);

/// "ws://host:1/path" as "http://host:1/path".
std::string as_http(const std::string& url);

/// A whole file; "-" is standard input. Throws Trouble(Exit::usage) when it cannot be read.
std::string read_file(const std::string& path);

/// From `file` when it is given, ITN_PASSWORD, or a prompt without echo on the terminal (asked
/// twice when `chosen`: a new one). Throws Trouble(Exit::usage) without any of them.
std::string read_password(const std::string& file, const std::string& prompt, bool chosen);

}  // namespace itn::ctl
