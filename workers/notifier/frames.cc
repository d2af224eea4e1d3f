#include "workers/notifier/frames.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/base/ensure.h"

namespace itn::workers::notifier {
namespace {

constexpr std::size_t max_control_payload = 125;

char byte_of(std::uint64_t value, unsigned shift) {
    return static_cast<char>((value >> shift) & 0xff);
}

void append_head(std::string& out, Opcode opcode, std::size_t size) {
    out.push_back(static_cast<char>(0x80 | static_cast<int>(opcode)));
    if (size < 126) {
        out.push_back(static_cast<char>(size));
        return;
    }
    const bool is_short = size <= 0xffff;
    out.push_back(static_cast<char>(is_short ? 126 : 127));
    for (unsigned shift = is_short ? 16 : 64; shift != 0;)
        out.push_back(byte_of(size, shift -= 8));
}

void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

std::string quoted(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string ws_frame(Opcode opcode, std::string_view payload) {
    ENSURE(opcode == Opcode::text || payload.size() <= max_control_payload);
    std::string frame;
    frame.reserve(payload.size() + 10);
    append_head(frame, opcode, payload.size());
    frame.append(payload);
    return frame;
}

std::string ws_close(std::uint16_t code, std::string_view reason) {
    std::size_t size = std::min(reason.size(), max_control_payload - 2);
    while (size < reason.size() && size > 0 && (reason[size] & 0xc0) == 0x80)
        --size;
    std::string payload{byte_of(code, 8), byte_of(code, 0)};
    payload.append(reason.substr(0, size));
    return ws_frame(Opcode::close, payload);
}

std::string ws_close(CloseCode code) {
    return ws_close(static_cast<std::uint16_t>(code), row(code).meaning);
}

std::string accept_key(std::string_view sec_websocket_key) {
    const std::string text =
        std::string(sec_websocket_key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    ENSURE(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) == 1);
    unsigned char base64[32];
    const int length = EVP_EncodeBlock(base64, digest, static_cast<int>(size));
    return std::string(reinterpret_cast<const char*>(base64), static_cast<std::size_t>(length));
}

std::string event_json(const Event& event, std::string_view position) {
    std::string json;
    json.reserve(event.body.size() + position.size() + 320);
    json.append(R"({"type":"event","event":")").append(event.kind_text);
    json.append(R"(","data":)").append(event.body);
    json.append(R"(,"subject":")").append(event.subject);
    json.append(R"(","version":)");
    append_number(json, event.version);
    json.append(R"(,"lane":")").append(event.lane.text());
    json.append(R"(","seq":)");
    append_number(json, event.seq);
    json.append(R"(,"at":")").append(event.at);
    if (!event.caused_by.empty()) json.append(R"(","causedBy":")").append(event.caused_by);
    json.append(R"(","position":")").append(position).append("\"}");
    return json;
}

std::string hello_json(std::string_view position, bool recovered) {
    return R"({"type":"hello","position":")" + std::string(position) + R"(","recovered":)" +
           (recovered ? "true}" : "false}");
}

std::string resync_json(std::string_view reason) {
    return R"({"type":"resync_required","reason":)" + quoted(reason) + "}";
}

std::string error_json(std::string_view detail, std::string_view pointer) {
    std::string json = R"({"type":"error","detail":)" + quoted(detail);
    if (!pointer.empty()) json += R"(,"pointer":)" + quoted(pointer);
    return json + "}";
}

std::string renewed_json(std::string_view expires_at) {
    return R"({"type":"renewed","expiresAt":)" + quoted(expires_at) + "}";
}

std::string pong_json(std::string_view ping) {
    return R"({"type":"pong","ping":)" + std::string(ping) + "}";
}

std::string sse_event(std::string_view name, std::string_view id, std::string_view json) {
    std::string text;
    text.reserve(name.size() + id.size() + json.size() + 32);
    if (!name.empty()) text.append("event: ").append(name).append("\n");
    if (!id.empty()) text.append("id: ").append(id).append("\n");
    return text.append("data: ").append(json).append("\n\n");
}

}  // namespace itn::workers::notifier
