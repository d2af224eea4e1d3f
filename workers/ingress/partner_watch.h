#pragma once

// Reads the partner table again and again on a thread of its own, and hands it to the loop.

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/runtime/loop.h"
#include "common/storage/accounts.h"

namespace itn::workers::ingress {

class PartnerWatch final {
public:
    using OnPartners = std::function<void(std::vector<storage::Partner>)>;

    /// `on_partners` is called on the loop thread; `loop` outlives it.
    PartnerWatch(runtime::Loop& loop, std::string database_url, OnPartners on_partners);
    ~PartnerWatch();
    PartnerWatch(const PartnerWatch&) = delete;
    PartnerWatch& operator=(const PartnerWatch&) = delete;

    /// Any thread. Whether the last look found the database.
    bool is_reachable() const { return is_reachable_.load(std::memory_order_relaxed); }

private:
    void run(const std::stop_token& stop);
    void look(storage::Accounts& accounts);

    runtime::Loop& loop_;
    std::string database_url_;
    OnPartners on_partners_;
    std::atomic<bool> is_reachable_{false};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::jthread thread_;
};

}  // namespace itn::workers::ingress
