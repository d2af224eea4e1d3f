#pragma once

// What goes out, byte by byte. A WebSocket frame of a server is
//
//   1 byte FIN and opcode · 1, 3 or 9 bytes of length · payload        (RFC 6455, 5.2; no mask)
//
// and the same thing as server-sent event is
//
//   [event: <name> NL] [id: <position> NL] data: <JSON> NL NL
//
// Frames are built once and shared by all who hear them. The JSON of each is below; names and
// positions never need escapes. Pure.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "workers/notifier/close_codes.h"
#include "workers/notifier/event.h"

namespace itn::workers::notifier {

/// Immutable bytes as they stand on the wire.
using Frame = std::shared_ptr<const std::string>;

inline Frame shared(std::string bytes) {
    return std::make_shared<const std::string>(std::move(bytes));
}

enum class Opcode : std::uint8_t { text = 1, close = 8, ping = 9, pong = 10 };

/// A whole frame. A control frame's payload is at most 125 bytes.
std::string ws_frame(Opcode opcode, std::string_view payload);
/// A close frame; the reason is cut to what fits, at a character's border.
std::string ws_close(std::uint16_t code, std::string_view reason);
std::string ws_close(CloseCode code);

/// The answer to an opening handshake with that key.
std::string accept_key(std::string_view sec_websocket_key);

/// {"type":"event","event":"trade.confirmed","data":{…},"subject":"…","version":1,
///  "lane":"trade.07","seq":42,"at":"…","causedBy":"…","position":"v1…"}
std::string event_json(const Event& event, std::string_view position);
/// {"type":"hello","position":"…","recovered":true}
std::string hello_json(std::string_view position, bool recovered);
/// {"type":"resync_required","reason":"…"}: what the client knows may be incomplete, and it has to
/// read the state anew. A hello with the position to go on from follows.
std::string resync_json(std::string_view reason);
/// {"type":"error","detail":"…","pointer":"/subscribe/2"}; the pointer is left out when "".
std::string error_json(std::string_view detail, std::string_view pointer);
/// {"type":"renewed","expiresAt":"…"}: until when the client is let in now.
std::string renewed_json(std::string_view expires_at);
/// {"type":"pong","ping":…}: `ping` is JSON.
std::string pong_json(std::string_view ping);

/// A server-sent event; `id` and `name` are left out when "". `json` has no line ends.
std::string sse_event(std::string_view name, std::string_view id, std::string_view json);
/// A comment that keeps the connection from looking dead.
inline constexpr std::string_view sse_heartbeat = ":\n\n";

}  // namespace itn::workers::notifier
