#include "common/messaging/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/limits.h"

namespace itn::messaging {

namespace {

/// Heartbeat checks per heartbeat interval.
constexpr std::uint64_t beats_per_interval = 4;

amqp_table_entry_t flag(std::string_view name) {
    amqp_table_entry_t entry{};
    entry.key = amqp_view(name);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

amqp_table_entry_t text(std::string_view name, std::string_view value) {
    amqp_table_entry_t entry{};
    entry.key = amqp_view(name);
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_view(value);
    return entry;
}

template <class T>
const T& fields_of(const amqp_method_t& method) {
    return *static_cast<const T*>(method.decoded);
}

}  // namespace

ConnectionSettings settings_for(const BrokerUrl& url, const TlsOptions& tls, std::string name) {
    ConnectionSettings settings{.url = url, .tls = nullptr, .name = std::move(name)};
    if (url.tls) settings.tls = std::make_shared<const TlsContext>(tls);
    return settings;
}

Connection::Connection(runtime::Loop& loop, ConnectionSettings settings, Handlers handlers)
    : loop_(loop),
      settings_(std::move(settings)),
      handlers_(std::move(handlers)),
      reader_({.on_method = [this](auto channel, const auto& method) { take(channel, method); },
               .on_content =
                   [this](Content content) {
                       if (phase_ == Phase::open) handlers_.on_content(std::move(content));
                   }}),
      transport_(loop, settings_.url.host, settings_.url.port, settings_.tls, transport_events()),
      writer_(transport_.out()),
      deadline_(
          loop,
          [this] {
              fail(phase_ == Phase::closing ? "closed without an answer" : "no answer in time");
          }),
      heartbeat_(loop, [this] { beat(); }) {
    // A loop that was held up has an old idea of now; the deadline must not count that.
    uv_update_time(loop.uv());
    deadline_.start(limits::broker_open_deadline);
}

Connection::~Connection() {
    reader_.stop();
}

Transport::Events Connection::transport_events() {
    return {.on_open = [this] { writer_.protocol_header(); },
            .space = [this] { return reader_.space(); },
            .on_bytes =
                [this](std::size_t count) {
                    last_received_ms_ = loop_.now_ms();
                    reader_.added(count);
                },
            .before_flush =
                [this] {
                    if (phase_ == Phase::open) handlers_.before_flush();
                    if (!transport_.out().empty()) sent_since_beat_ = true;
                },
            .on_closed = [this](std::string reason) { fail(std::move(reason)); }};
}

void Connection::take(std::uint16_t channel, const amqp_method_t& method) {
    if (channel == 0) {
        take_own(method);
    } else if (phase_ == Phase::open) {
        handlers_.on_method(channel, method);
    }
}

void Connection::take_own(const amqp_method_t& method) {
    switch (method.id) {
        case AMQP_CONNECTION_START_METHOD:
            return answer_start(fields_of<amqp_connection_start_t>(method));
        case AMQP_CONNECTION_TUNE_METHOD:
            return answer_tune(fields_of<amqp_connection_tune_t>(method));
        case AMQP_CONNECTION_OPEN_OK_METHOD:
            return opened();
        case AMQP_CONNECTION_BLOCKED_METHOD: {
            const auto& blocked = fields_of<amqp_connection_blocked_t>(method);
            if (phase_ == Phase::open)
                handlers_.on_blocked(true, std::string(text_of(blocked.reason)));
            return;
        }
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            if (phase_ == Phase::open) handlers_.on_blocked(false, {});
            return;
        case AMQP_CONNECTION_CLOSE_METHOD:
            return closed_by_broker(fields_of<amqp_connection_close_t>(method));
        case AMQP_CONNECTION_CLOSE_OK_METHOD:
            return fail("closed by us");
        default:
            throw ProtocolError("method " + std::to_string(method.id) + " on channel 0");
    }
}

void Connection::answer_start(const amqp_connection_start_t& start) {
    if (text_of(start.mechanisms).find("PLAIN") == std::string_view::npos)
        throw ProtocolError("the broker does not offer PLAIN authentication");
    std::array capabilities = {flag("connection.blocked"), flag("consumer_cancel_notify"),
                               flag("basic.nack"), flag("publisher_confirms"),
                               flag("authentication_failure_close")};
    amqp_table_entry_t capability_table{};
    capability_table.key = amqp_view("capabilities");
    capability_table.value.kind = AMQP_FIELD_KIND_TABLE;
    capability_table.value.value.table = {int(capabilities.size()), capabilities.data()};
    std::array properties = {capability_table, text("product", "itn"),
                             text("connection_name", settings_.name)};
    const std::string response = '\0' + settings_.url.user + '\0' + settings_.url.password;
    writer_.method(
        0, AMQP_CONNECTION_START_OK_METHOD,
        amqp_connection_start_ok_t{.client_properties = {int(properties.size()), properties.data()},
                                   .mechanism = amqp_view("PLAIN"),
                                   .response = amqp_view(response),
                                   .locale = amqp_view("en_US")});
}

void Connection::answer_tune(const amqp_connection_tune_t& tune) {
    // Zero means "no limit" in the broker's offer, and "none" for the heartbeat.
    const auto ours = static_cast<std::uint32_t>(limits::broker_frame);
    const std::uint32_t frame_max = tune.frame_max == 0 ? ours : std::min(tune.frame_max, ours);
    if (frame_max < AMQP_FRAME_MIN_SIZE) throw ProtocolError("the broker's frames are too small");
    channel_max_ = tune.channel_max == 0 ? UINT16_MAX : tune.channel_max;
    heartbeat_seconds_ = limits::heartbeat_seconds;
    writer_.limit_frames(frame_max);
    writer_.method(
        0, AMQP_CONNECTION_TUNE_OK_METHOD,
        amqp_connection_tune_ok_t{
            .channel_max = channel_max_, .frame_max = frame_max, .heartbeat = heartbeat_seconds_});
    amqp_connection_open_t open{};
    open.virtual_host = amqp_view(settings_.url.vhost);
    writer_.method(0, AMQP_CONNECTION_OPEN_METHOD, open);
}

void Connection::opened() {
    if (phase_ != Phase::connecting || heartbeat_seconds_ == 0)
        throw ProtocolError("connection.open-ok out of turn");
    phase_ = Phase::open;
    deadline_.stop();
    last_beat_ms_ = loop_.now_ms();
    const std::chrono::milliseconds period(1000 * heartbeat_seconds_ / beats_per_interval);
    heartbeat_.start(period, period);
    handlers_.on_open();
}

void Connection::beat() {
    const std::uint64_t now = loop_.now_ms();
    const std::uint64_t interval = 1000ULL * heartbeat_seconds_;
    // A loop that was itself held up has not read yet what waits in the socket.
    const bool held_up = now - last_beat_ms_ > interval;
    last_beat_ms_ = now;
    if (!held_up && now - last_received_ms_ > 2 * interval) {
        fail("no sign of life from the broker for two heartbeats");
        return;
    }
    if (!std::exchange(sent_since_beat_, false)) writer_.heartbeat();
}

void Connection::closed_by_broker(const amqp_connection_close_t& close) {
    std::string reason = "the broker said " + std::to_string(close.reply_code) + " " +
                         std::string(text_of(close.reply_text));
    writer_.method(0, AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t{});
    transport_.flush();
    fail(std::move(reason));
}

void Connection::close() {
    if (phase_ == Phase::closed || phase_ == Phase::closing) return;
    if (phase_ == Phase::connecting) {
        phase_ = Phase::closing;
        transport_.fail_soon("closed by us");
        return;
    }
    handlers_.before_flush();
    phase_ = Phase::closing;
    writer_.method(0, AMQP_CONNECTION_CLOSE_METHOD,
                   amqp_connection_close_t{.reply_code = AMQP_REPLY_SUCCESS,
                                           .reply_text = amqp_view("goodbye"),
                                           .class_id = 0,
                                           .method_id = 0});
    deadline_.start(limits::broker_close_deadline);
}

void Connection::fail(std::string reason) {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    reader_.stop();
    deadline_.stop();
    heartbeat_.stop();
    transport_.close();
    handlers_.on_closed(std::move(reason));
}

}  // namespace itn::messaging
