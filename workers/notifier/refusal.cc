#include "workers/notifier/refusal.h"

#include <nlohmann/json.hpp>

#include "common/base/ensure.h"
#include "common/runtime/trace.h"
#include "common/wire/problem_rows.h"

namespace itn::workers::notifier {
namespace {

std::string_view reason_phrase(int status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 414:
            return "URI Too Long";
        case 426:
            return "Upgrade Required";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "OK";
    }
}

}  // namespace

Refusal refusal(std::string_view slug, std::string_view detail, const Occasion& occasion,
                std::string_view extra_headers) {
    const auto* row = wire::find_problem_row(slug);
    ENSURE(row != nullptr);
    nlohmann::ordered_json json{{"type", wire::problem_type(*row)},
                                {"title", row->title},
                                {"status", row->status},
                                {"detail", detail}};
    if (!occasion.instance.empty()) json["instance"] = occasion.instance;
    json["traceId"] =
        occasion.trace_id.empty() ? runtime::trace_from(std::nullopt).id : occasion.trace_id;
    const std::string body = json.dump(-1, ' ', false, decltype(json)::error_handler_t::replace);
    std::string reply = "HTTP/1.1 " + std::to_string(row->status) + " ";
    reply.append(reason_phrase(row->status)).append("\r\n");
    reply += "Content-Type: application/problem+json\r\nContent-Language: en\r\n";
    reply += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    reply.append(extra_headers);
    if (extra_headers.find("Connection:") == std::string_view::npos)
        reply += "Connection: close\r\n";
    return {.status = row->status, .reply = reply + "\r\n" + body};
}

}  // namespace itn::workers::notifier
