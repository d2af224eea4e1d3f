#include "tools/ctl/partner_guide.h"

#include <nlohmann/json.hpp>

#include "common/messaging/partner_queues.h"
#include "tools/http/client.h"

namespace itn::ctl {

namespace {

using nlohmann::json;

constexpr std::string_view example = R"py(import json, os, pika, uuid
desk = pika.BlockingConnection(pika.URLParameters(@url@)).channel()
desk.confirm_delivery()
reply = desk.queue_declare('@reply@' + str(uuid.uuid4()), exclusive=True).method.queue
wish = [{'id': str(uuid.uuid4()), 'kind': 'trade.create', 'body': {'tradeType': 'sell',
    'seller': '@seller@', 'buyer': '@buyer@', 'items': [{'productId': 'ice', 'quantity': 1}]}}]
about = pika.BasicProperties('application/vnd.itn+json', delivery_mode=2,
                             user_id='@name@', reply_to=reply)
desk.basic_publish('@exchange@', '@key@', json.dumps(wish), about, mandatory=True)
print(next(desk.consume(reply, auto_ack=True, inactivity_timeout=10))[2])
)py";
const std::string url_from_environment = "os.environ['ITN_AMQP_URL']";

using Words = std::vector<std::pair<std::string, std::string>>;

std::string filled(std::string_view pattern, const Words& words) {
    std::string text(pattern);
    for (const auto& [mark, word] : words)
        for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + word.size()))
            text.replace(at, mark.size(), word);
    return text;
}

std::string amqp_url(const PartnerAccess& access) {
    const auto& broker = access.broker;
    const bool is_v6 = broker.host.find(':') != broker.host.npos;
    std::string url = broker.tls ? "amqps://" : "amqp://";
    url += access.name;
    if (!access.password.empty()) url += ':' + access.password;
    url += '@' + (is_v6 ? '[' + broker.host + ']' : broker.host);
    return url + ':' + std::to_string(broker.port) + '/' + tools::escaped(broker.vhost);
}

std::string reply_pattern(const PartnerAccess& access) {
    return messaging::partner_reply_prefix(access.name) + "*";
}

std::string key_words(const PartnerAccess& access) {
    if (!access.api_key.empty())
        return access.api_key + "  (shown this once; ends " + access.api_key_expires_at + ")";
    if (!access.is_whole) return "(none was made)";
    std::string keys;
    for (const GoodKey& key : access.kept_keys)
        keys += (keys.empty() ? "" : ", ") + key.id + " until " + key.expires_at;
    return "(" + keys + (keys.empty() ? "" : " ") + "is good as before; --rotate makes another)";
}

}  // namespace

json access_json(const PartnerAccess& access) {
    json all = {{"partner", access.name},
                {"stations", access.stations},
                {"amqpUrl", amqp_url(access)},
                {"exchange", messaging::partner_exchange(access.name)},
                {"routingKey", messaging::partner_command_key(access.name)},
                {"replyQueue", reply_pattern(access)},
                {"eventsQueue", messaging::partner_event_queue(access.name)},
                {"apiUrl", access.api_url},
                {"example", python_example(access)}};
    if (!access.api_key.empty()) {
        all["apiKey"] = access.api_key;
        all["apiKeyExpiresAt"] = access.api_key_expires_at;
    }
    for (const GoodKey& key : access.kept_keys)
        all["keptApiKeys"].push_back({{"keyId", key.id}, {"expiresAt", key.expires_at}});
    if (!access.is_whole) all["incomplete"] = true;
    return all;
}

std::string access_text(const PartnerAccess& access) {
    std::string text = "AMQP URL      " + amqp_url(access) + '\n';
    if (access.password.empty())
        text += "              (the password stays; --rotate makes another)\n";
    text += "exchange      " + messaging::partner_exchange(access.name) + '\n';
    text += "routing key   " + messaging::partner_command_key(access.name) + '\n';
    text += "reply queue   " + reply_pattern(access) + '\n';
    text += "events queue  " + messaging::partner_event_queue(access.name) + '\n';
    text += "REST API      " + access.api_url + '\n';
    text += "API key       " + key_words(access) + '\n';
    if (!access.is_whole)
        return text +
               "\nThis is what was made before it broke off; the same command makes the rest.\n";
    return text + "\nAs a beginning, for /usr/bin/python3 with python3-pika:\n\n" +
           python_example(access);
}

std::string python_example(const PartnerAccess& access) {
    const std::string seller = access.stations.empty() ? "ceres" : access.stations.front();
    const bool has_password = !access.password.empty();
    return filled(example,
                  {{"@url@", has_password ? '\'' + amqp_url(access) + '\'' : url_from_environment},
                   {"@name@", access.name},
                   {"@seller@", seller},
                   {"@buyer@", seller == "europa" ? "ceres" : "europa"},
                   {"@reply@", messaging::partner_reply_prefix(access.name)},
                   {"@exchange@", messaging::partner_exchange(access.name)},
                   {"@key@", messaging::partner_command_key(access.name)}});
}

}  // namespace itn::ctl
