#include "tools/ctl/environment.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tools/ctl/exit_codes.h"
#include "tools/ctl/tree.h"

namespace itn::ctl {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::string without_line_end(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

std::string state_directory() {
    const std::string state = variable("XDG_STATE_HOME");
    if (state.starts_with('/')) return state + "/itn";
    const std::string home = variable("HOME");
    if (home.empty())
        throw Trouble(Exit::usage, "nowhere to keep a session: set XDG_STATE_HOME or HOME");
    return home + "/.local/state/itn";
}

std::string without_last_slash(std::string url) {
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

/// Without its last slashes. A URL without a scheme would be guessed at.
std::string checked_url(const std::string& url, const std::string& name) {
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        throw Trouble(Exit::usage, name + " is '" + url + "': it begins with http:// or https://");
    return without_last_slash(url);
}

/// The terminal itself, whatever the standard streams are; echo comes back with its end.
class Terminal {
public:
    Terminal() : fd_(open("/dev/tty", O_RDWR | O_CLOEXEC)) {
        if (fd_ < 0) return;
        tcgetattr(fd_, &before_);
        termios silent = before_;
        // Ctrl-C comes as a byte, so that echo is back when we end, and ends a line, or it would
        // wait for one.
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        silent.c_cc[VEOL] = interrupt;
        tcsetattr(fd_, TCSAFLUSH, &silent);
    }
    ~Terminal() {
        if (fd_ < 0) return;
        tcsetattr(fd_, TCSAFLUSH, &before_);
        close(fd_);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    bool is_there() const { return fd_ >= 0; }
    void print(const std::string& text) const {
        if (write(fd_, text.data(), text.size()) < 0)
            throw Trouble(Exit::usage, "the terminal is gone");
    }
    std::string line() const {
        std::string text;
        char c = 0;
        while (read(fd_, &c, 1) == 1 && c != '\n') {
            if (c == interrupt) throw Trouble(Exit::usage, "given up");
            text += c;
        }
        print("\n");
        return text;
    }

private:
    static constexpr char interrupt = '\x03';

    int fd_;
    termios before_{};
};

}  // namespace

std::string variable_or_file(const std::string& name) {
    const std::string value = variable(name.c_str());
    if (!value.empty()) return value;
    const std::string file = variable((name + "_FILE").c_str());
    return file.empty() ? "" : without_line_end(read_file(file));
}

std::string as_http(const std::string& url) {
    return url.starts_with("ws") ? "http" + url.substr(2) : url;
}

Environment read_environment(const CommonOptions& options) {
    Environment environment;
    environment.url = options.url.empty() ? variable("ITN_URL") : options.url;
    if (environment.url.empty()) environment.url = "http://127.0.0.1:8080";
    environment.url = checked_url(environment.url, options.url.empty() ? "ITN_URL" : "--url");
    const std::string feed = variable("ITN_WS_URL");
    if (!feed.empty()) environment.feed_url = checked_url(as_http(feed), "ITN_WS_URL");
    environment.ca_file = variable("ITN_CA_FILE");
    environment.api_key = variable_or_file("ITN_API_KEY");
    environment.database_url = variable_or_file("ITN_DATABASE_URL");
    environment.amqp_url = variable_or_file("ITN_AMQP_URL");
    environment.management_url =
        without_last_slash(variable_or_file("ITN_RABBITMQ_MANAGEMENT_URL"));
    environment.common_passwords = variable("ITN_COMMON_PASSWORDS");
    environment.session_file = state_directory() + "/session.json";
    const bool on_terminal = isatty(STDOUT_FILENO) == 1;
    environment.json = options.json || !on_terminal;
    environment.styled = on_terminal && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
    environment.progress = isatty(STDERR_FILENO) == 1 && !options.quiet;
    return environment;
}

std::string read_file(const std::string& path) {
    if (path == "-")
        return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in.is_open() || in.bad()) throw Trouble(Exit::usage, "cannot read " + path);
    return text;
}

std::string read_password(const std::string& file, const std::string& prompt, bool chosen) {
    if (!file.empty()) return without_line_end(read_file(file));
    const std::string given = variable_or_file("ITN_PASSWORD");
    if (!given.empty()) return given;
    const Terminal terminal;
    if (!terminal.is_there())
        throw Trouble(Exit::usage,
                      "no terminal to ask for a password: set ITN_PASSWORD, or give "
                      "--password-file FILE (- is standard input)");
    terminal.print(prompt + ": ");
    std::string password = terminal.line();
    if (!chosen) return password;
    terminal.print(prompt + " again: ");
    if (terminal.line() != password) throw Trouble(Exit::usage, "the two passwords differ");
    return password;
}

}  // namespace itn::ctl
