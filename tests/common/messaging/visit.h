#pragma once

// A user of the broker who tries verbs. Speaks the library's own blocking client: our connections
// do not know most of them.

#include <amqp.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/messaging/broker_users.h"

namespace itn::messaging {

/// Of everybody that admit() makes.
inline constexpr const char* visit_password = "password";

/// Makes the components' users and those of `partners`, with the rights of the table, and all that
/// the topology of one shard and those of the partners say, at the private broker. The users'
/// names.
std::vector<std::string> admit(const std::vector<std::string>& partners);

using Verb = std::function<void(amqp_connection_state_t, amqp_channel_t, const std::string& user)>;

/// One user's connection; each try has a channel of its own. One thread at a time.
class Visit final {
public:
    explicit Visit(std::string user);
    /// Waits until the broker has ended it: it counts the connections of a partner.
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    /// 0 when the broker did as told, else its reply code.
    int attempt(const Verb& verb);
    /// One channel more that stays open; 0, or the code with which the broker ends the connection.
    int open_channel();
    /// What the broker said when it refused.
    const std::string& text() const { return text_; }
    /// Messages that wait in the queue, which exists.
    std::uint32_t depth(const std::string& queue);

private:
    int code_of(const amqp_rpc_reply_t& reply);

    std::string user_;
    amqp_connection_state_t state_;
    amqp_channel_t channel_ = 0;
    std::string text_;
};

/// `as` is the user-id: "" for the user's own name. The body has `size` bytes.
Verb publish(const std::string& exchange, const std::string& key, const std::string& as = {},
             std::size_t size = 2);
/// `count` messages with copies under each of `keys`, by CC and by BCC.
Verb publish_copies(const std::string& exchange, const std::string& key,
                    const std::vector<std::string>& keys, int count);
Verb consume(const std::string& queue);
Verb get(const std::string& queue);
Verb purge(const std::string& queue);
Verb bind(const std::string& queue, const std::string& exchange, const std::string& key);
Verb bind_exchange(const std::string& destination, const std::string& source);
/// Exclusive. With an exchange for dead letters, which all its messages become at once.
Verb declare(const std::string& queue, const std::string& dead_letters_to = "none");
Verb declare_exchange(const std::string& exchange);
Verb remove(const std::string& queue);
Verb remove_exchange(const std::string& exchange);

}  // namespace itn::messaging
