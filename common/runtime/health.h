#pragma once

// Whether a process lives and whether it is ready for work. Pure: it asks the checks it was given
// and renders the answers; the admin endpoint and the api serve them under /livez and /readyz.

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace itn::runtime {

class Health final {
public:
    /// nullopt when all is well, else the reason in a few words without secrets. Must not wait: it
    /// looks at what its owner already knows.
    using Check = std::function<std::optional<std::string>()>;

    struct Report {
        /// 200 or 503
        int status = 200;
        std::string body;
        friend bool operator==(const Report&, const Report&) = default;
    };

    /// Before the first report only. Checks run on the threads that ask.
    void add(std::string name, Check check);

    /// Any thread. From now on the process is not ready: first the door closes, then the work that
    /// is inside is finished.
    void start_draining();

    /// The process alone, never what it depends on. Any thread.
    Report live() const;
    /// "ready", or with `verbose` one line per check: "[+]postgres ok", "[-]amqp failed: blocked".
    Report ready(bool verbose) const;

private:
    struct Named {
        std::string name;
        Check check;
    };
    std::vector<Named> checks_;
    std::atomic<bool> draining_{false};
};

}  // namespace itn::runtime
