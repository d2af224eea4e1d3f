#include "tools/ctl/session.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tools/ctl/exit_codes.h"

namespace itn::ctl {

namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string& path) {
    throw Trouble(Exit::usage, path + ": " + std::strerror(errno));
}

/// An object; empty when there is no file.
json read_all(const std::string& path) {
    struct stat facts {};
    if (stat(path.c_str(), &facts) != 0) return json::object();
    if ((facts.st_mode & 077U) != 0)
        throw Trouble(Exit::usage, path + " may be read by others: chmod 600 it, or remove it");
    std::ifstream in(path);
    const json all =
        json::parse(std::string(std::istreambuf_iterator<char>(in), {}), nullptr, false);
    if (!all.is_object()) throw Trouble(Exit::usage, path + " is no session file: remove it");
    return all;
}

/// Whole or not at all, readable by the user alone from its first byte on.
void replace(const std::string& path, const std::string& text) {
    const std::string fresh = path + ".new";
    unlink(fresh.c_str());
    const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail(fresh);
    const bool is_written = write(fd, text.data(), text.size()) == ssize_t(text.size());
    const bool is_safe = is_written && fsync(fd) == 0;
    close(fd);
    if (!is_safe || rename(fresh.c_str(), path.c_str()) != 0) fail(path);
}

}  // namespace

std::optional<Session> SessionFile::load(const std::string& url) const {
    const json all = read_all(path_);
    const auto found = all.find(url);
    if (found == all.end() || !found->is_object()) return std::nullopt;
    return Session{.email = found->value("email", ""),
                   .access_token = found->value("accessToken", ""),
                   .refresh_token = found->value("refreshToken", ""),
                   .expires_at = found->value("expiresAt", std::int64_t(0))};
}

void SessionFile::save(const std::string& url, const std::optional<Session>& session) const {
    make_directory();
    json all = read_all(path_);
    if (session) {
        all[url] = {{"email", session->email},
                    {"accessToken", session->access_token},
                    {"refreshToken", session->refresh_token},
                    {"expiresAt", session->expires_at}};
    } else {
        all.erase(url);
    }
    replace(path_, all.dump(2) + '\n');
}

void SessionFile::make_directory() const {
    const auto directory = std::filesystem::path(path_).parent_path();
    std::error_code error;
    if (std::filesystem::create_directories(directory, error))
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (error) throw Trouble(Exit::usage, directory.string() + ": " + error.message());
}

SessionFile::Lock::Lock(const SessionFile& file) {
    file.make_directory();
    const std::string path = file.path_ + ".lock";
    fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) fail(path);
    while (flock(fd_, LOCK_EX) != 0)
        if (errno != EINTR) fail(path);
}

SessionFile::Lock::~Lock() {
    close(fd_);
}

}  // namespace itn::ctl
