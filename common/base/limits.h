#pragma once

// Every bound of the system, each with its reason. Nothing in the system is unbounded: what has no
// row here is bounded by something that has. Those of who may come in stand in limits_identity.h,
// which comes with this file.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "common/base/limits_identity.h"

namespace itn::limits {

using namespace std::chrono_literals;

// --- values -------------------------------------------------------------------------------------
/// Largest quantity of one line or stock row: far above any station, and 1e6 rows still sum in
/// int64.
inline constexpr std::int64_t max_quantity = 1'000'000'000'000;
/// Largest price of one unit, in minor units; price × quantity is checked for overflow besides.
inline constexpr std::int64_t max_unit_price = 1'000'000'000'000;
/// Lines of one trade or shipment: what a person can read and one message can carry.
inline constexpr std::size_t max_lines = 100;
/// Trades in one automatically filled shipment: bounds what one departure has to lock.
inline constexpr std::size_t max_trades_per_shipment = 64;
/// Station, product and shipment slugs: they stand in URLs and routing keys.
inline constexpr std::size_t max_slug = 64;
/// Idempotency keys (draft-ietf-httpapi-idempotency-key-header): visible ASCII.
inline constexpr std::size_t max_command_id = 255;
inline constexpr std::size_t max_name = 200;
inline constexpr std::size_t max_description = 4'000;
inline constexpr std::size_t max_note = 500;
inline constexpr std::size_t max_images = 20;

// --- bytes that come in -------------------------------------------------------------------------
inline constexpr std::size_t max_body = 64 * 1024;
inline constexpr std::size_t max_batch_body = 1024 * 1024;
inline constexpr std::size_t max_batch_commands = 1'000;
inline constexpr std::size_t max_json_depth = 16;
inline constexpr std::size_t max_json_array = 100;
/// Names in one object: far more than any schema has; bounds the search for duplicates.
inline constexpr std::size_t max_json_members = 64;
/// A whole body of ours (a message, a journal row): a shipment may list all its trades.
inline constexpr std::size_t max_own_json = 4 * 1024 * 1024;
inline constexpr std::size_t max_own_json_array = 4'096;
/// Principals, trace contexts, queue names and causes in an envelope.
inline constexpr std::size_t max_header_text = 255;
inline constexpr std::size_t max_head = 8 * 1024;
inline constexpr std::size_t max_headers = 64;
/// Empty lines skipped before a request; clients that put one there put one.
inline constexpr int max_empty_lines = 4;
/// Pistache's router overflows its stack on about 14,500 slashes.
inline constexpr std::size_t max_target = 2 * 1024;
/// Pipelined bytes of one connection that wait behind a pending reply; then TCP pushes back.
inline constexpr std::size_t max_pipelined = 64 * 1024;
/// What one read of a socket takes at most: a request whole, and no connection starves others.
inline constexpr std::size_t max_read = 64 * 1024;
/// Connections accepted in one go, for the same reason.
inline constexpr int max_accepts = 64;
inline constexpr std::size_t max_page = 200;
inline constexpr std::size_t default_page = 50;

// --- messages ---------------------------------------------------------------------------------
/// Commands packed into one AMQP message: past 64 the broker's share per command is lost in noise.
inline constexpr std::size_t max_commands_per_message = 128;
inline constexpr std::size_t max_message = 64 * 1024;
/// Events packed into one AMQP message.
inline constexpr std::size_t max_events_per_message = 128;
/// Unacknowledged messages of all lanes of a worker: with max_message each, 8 MiB. Shared evenly,
/// so that the next batch waits here in full while the last one is committed.
inline constexpr std::uint16_t held_messages = 128;
/// Messages a lane queue keeps before it refuses publishers; reactions may fill it, doors stop at
/// 80 %.
inline constexpr std::int64_t max_lane_queue = 1'000'000;
inline constexpr std::uint64_t door_queue = max_lane_queue / 10 * 8;
inline constexpr std::int64_t max_watch_queue = 10'000;
/// Set only so that returned messages keep their place at the head of a quorum queue; the broker's
/// own limit is never the retry counter.
inline constexpr std::int64_t lane_delivery_limit = 1'000'000;
/// Messages and bytes that one partner may leave waiting; beyond them its publishes are refused.
/// At the rate of its class that is some minutes of work.
inline constexpr std::int64_t max_partner_commands = 10'000;
inline constexpr std::int64_t max_partner_command_bytes = 64 * 1024 * 1024;
/// Events that wait for a partner before the oldest go; what is missed is read over REST.
inline constexpr std::int64_t max_partner_events = 100'000;
inline constexpr std::int64_t max_partner_event_bytes = 128 * 1024 * 1024;
/// What the broker grants one partner's user.
inline constexpr std::int64_t max_partner_connections = 5;
inline constexpr std::int64_t max_partner_channels = 10;
/// A partner's message: the broker takes no larger ones in production, and ours ends here anyway.
inline constexpr std::size_t max_partner_message = 128 * 1024;
/// Commands in one message of a partner.
inline constexpr std::size_t max_partner_batch = 100;
/// Messages of one partner that the ingress holds at once: few, so that nobody's flood fills it.
inline constexpr std::uint16_t partner_prefetch = 8;
/// How often the ingress looks which partners there are, and what they may.
inline constexpr auto partner_refresh = 1s;
/// After this long without a look nobody is let in on what was known.
inline constexpr auto partners_overdue = 30s;
/// How long a delivery may stay unacknowledged: a worker holds its batch for as long as a machine
/// failure lasts.
inline constexpr std::chrono::milliseconds consumer_timeout = 24h;
/// Frames agreed with the broker: its own default; longer bodies are split.
inline constexpr std::size_t broker_frame = 128 * 1024;
/// Least room for one read from a broker's socket.
inline constexpr std::size_t broker_read = 64 * 1024;
/// Bytes that may wait for a broker that does not read: the publisher's window at max_message, and
/// as much again.
inline constexpr std::size_t max_broker_backlog = 32 * 1024 * 1024;
/// Bytes of a delivery that are kept: far above max_message, so what is cut is not ours.
inline constexpr std::size_t max_delivery_body = 1024 * 1024;
/// Tables within tables in a message's headers; RabbitMQ itself makes three (x-death).
inline constexpr std::size_t max_amqp_table_depth = 8;
/// Published and not yet confirmed messages per publisher.
inline constexpr std::size_t publisher_window = 200;
/// Bytes that wait in one publication (events, or reactions) of a worker; what is beyond is read
/// from the journal again. Two of them, the messages under way and a batch fit into 64 MiB.
inline constexpr std::size_t max_waiting_bytes = 8 * 1024 * 1024;
/// Journal entries of a lane in one volley, and in one read that catches up.
inline constexpr std::size_t max_entries_per_volley = 1'024;
/// Bytes of the messages that are decided and committed together, about 500 commands: throughput is
/// flat beyond 200, latency is not.
inline constexpr std::size_t max_batch_bytes = 192 * 1024;
inline constexpr std::uint16_t default_shards = 16;
inline constexpr std::uint16_t max_shards = 100;

// --- doors ------------------------------------------------------------------------------------
/// Commands that wait for the dispatch thread; full means 503 with Retry-After.
inline constexpr std::size_t max_dispatch_queue = 20'000;
inline constexpr auto confirm_deadline = 1'500ms;
/// Messages in a lane's queue beyond which doors slow the lane down, since accepting takes the
/// processors with which workers commit. At some seven commands a message and ten busy lanes this
/// is under half a second of work: enough that workers never idle.
inline constexpr std::uint64_t brake_depth = 50;
/// How long a braked lane rests after each confirm: some confirms long, so messages grow several
/// times, and far below what a caller notices. A full message goes at once, so no pace is cut off.
inline constexpr auto brake_pause = 10ms;
/// How often depths are asked for: little for the broker, and a queue grows by a
/// tenth of a second of work at most before it is noticed.
inline constexpr auto brake_look = 100ms;
inline constexpr auto max_prefer_wait = 30s;
/// How old a command may be when it is decided; older ones are rejected(expired).
inline constexpr auto max_command_age = std::chrono::hours(24 * 7);
inline constexpr auto max_clock_skew = 5min;
/// Callers that wait for an outcome at one door; the next one gets its 202 at once.
inline constexpr std::size_t max_waiters = 20'000;
/// Messages in a row without an answer after which a door refuses at once, and for how long.
inline constexpr std::uint32_t breaker_deadlines = 3;
inline constexpr auto breaker_pause = 1s;
/// Keys the api remembers, to look up only what came before; the outcome table is the truth.
inline constexpr std::size_t max_remembered_keys = 50'000;
/// Requests of one api process that wait for their answer: above the dispatch queue's share of one
/// second, and some 4 KiB each.
inline constexpr std::size_t max_pending_calls = 10'000;
/// Reads that wait for one of the api's database threads; at 4 threads and 2 ms that is half a
/// second.
inline constexpr std::size_t max_read_queue = 1'000;
/// And those of one caller among them, whose rate alone lets it send twice the queue at once.
inline constexpr std::size_t max_reads_of_one = max_read_queue / 4;
inline constexpr auto read_deadline = 5s;
/// How long Postgres works on one statement: below the deadline of reads, so that a thread whose
/// caller was answered is soon free again.
inline constexpr auto reader_statement = 4s;
/// The same for everybody else.
inline constexpr auto statement = 10s;
/// Rows that one page of a filtered list looks at: some fifty milliseconds, and then the client
/// goes on from there itself.
inline constexpr std::size_t max_examined = 20'000;
/// Events that one read of what came after a position looks at, where most are others' business.
inline constexpr std::size_t max_examined_updates = 2'000;
/// Trades, and shipments, that the deletion of a station looks through: a quarter of a second.
inline constexpr std::size_t max_examined_for_deletion = 200'000;
/// How old a summary may be: many may watch it, and it costs a scan of the last thirty days.
inline constexpr auto summary_life = 5s;
/// The same while the database fails: nobody waits long for what will not come.
inline constexpr auto read_deadline_failing = 1'500ms;
/// How exactly the api keeps the deadlines of reads.
inline constexpr auto read_tick = 100ms;
/// How long a door stamps prices from a catalogue that it has not compared with the database.
inline constexpr auto catalogue_refresh = 1s;
/// After this long without a comparison the api says that it is not ready.
inline constexpr auto catalogue_overdue = 3s;
/// How long the api waits for pending answers before it ends.
inline constexpr auto api_drain = 10s;
inline constexpr std::size_t max_cursor = 512;

// --- time -------------------------------------------------------------------------------------
inline constexpr auto head_deadline = 5s;
inline constexpr auto body_deadline = 10s;
inline constexpr auto keep_alive = 30s;
inline constexpr auto reply_deadline = 35s;
inline constexpr auto write_deadline = 10s;
/// How exactly the http front keeps its deadlines, and how long it stops accepting when the process
/// is out of descriptors.
inline constexpr auto front_tick = 100ms;
/// How long a connection that we ended is read on, so that its client gets to see our last reply.
inline constexpr auto linger_deadline = 2s;
inline constexpr std::uint16_t heartbeat_seconds = 5;
/// From the first lookup of the broker's name to an open connection, and for a polite farewell.
inline constexpr auto broker_open_deadline = 5s;
inline constexpr auto broker_close_deadline = 2s;
/// Declaring the whole table; a fresh quorum queue takes the broker some ten milliseconds.
inline constexpr auto topology_deadline = 60s;
inline constexpr auto reconnect_first = 50ms;
inline constexpr auto reconnect_most = 5s;
/// A watermark that stood still this long is swept by whoever sees it.
inline constexpr auto watermark_stale = 250ms;

// --- real time ----------------------------------------------------------------------------------
inline constexpr std::size_t max_ws_message = 64 * 1024;
inline constexpr std::size_t max_ws_messages_per_minute = 100;
/// What waits to be sent to one client: a second of a busy feed, and a page of the journal fits.
/// Frames are shared, so a client that lags costs pointers.
inline constexpr std::size_t max_client_queue = 1024 * 1024;
/// What may be left of it when superseded updates were dropped: dropping walks the queue, and is
/// worth it only when it makes room for many.
inline constexpr std::size_t max_conflated_queue = max_client_queue / 2;
inline constexpr std::size_t max_topics = 100;
/// Topics to be looked up: of a client all it has and their successors; of all some seconds' work.
inline constexpr std::size_t max_client_look_ups = 2 * max_topics;
inline constexpr std::size_t max_look_ups = 20'000;
inline constexpr auto ws_first_frame = 5s;
inline constexpr auto ws_ping = 20s;
inline constexpr auto ws_pong = 10s;
inline constexpr std::size_t max_ws_clients = 10'000;
/// Clients of one principal at one notifier: a person's tabs, or a machine and its spare.
inline constexpr std::size_t max_ws_per_principal = 5;
/// How often it is looked at whether a client may stay: with limits::revocation_poll before it,
/// well within the minute in which a revoked client has to be out.
inline constexpr auto ws_stay = 5s;
/// Frames of one client in a minute, fragments and pings among them: far above any real client, and
/// it bounds the pongs that a client can make us send.
inline constexpr std::size_t max_ws_frames_per_minute = 1'000;
/// Frames of one client that name an unknown field or topic, before it is sent away.
inline constexpr std::size_t max_ws_errors = 10;
/// How long the peer may take to answer our close, and then to end the connection.
inline constexpr auto ws_close_deadline = 5s;
inline constexpr auto ws_linger = 1'500ms;
/// How long the kernel tries to send to a client that acknowledges nothing.
inline constexpr auto ws_user_timeout = 30s;
/// Bytes the kernel holds unsent for a client: without it one stalled reader costs 4 MB there.
inline constexpr int ws_unsent_low_water = 32 * 1024;
/// Buffers of one gathered write.
inline constexpr std::size_t max_gathered = 64;
/// Idle WebSocket parsers kept for the next bytes of any client.
inline constexpr std::size_t max_idle_parsers = 64;
/// How long an event may be missing before the journal is asked for it.
inline constexpr auto feed_patience = 50ms;
/// How often the lane counters are compared with what was seen.
inline constexpr auto feed_compare = 250ms;
/// Events held because an earlier one of their lane is missing; beyond it the journal is read.
inline constexpr std::size_t max_feed_held = 8'192;
inline constexpr std::size_t max_feed_read = 1'000;
/// Events that a client that comes back may have missed; beyond it reading the state anew is
/// cheaper for both.
inline constexpr std::int64_t max_resume = 10'000;
/// Missed events read at once for one client: the next are read when it has taken these.
inline constexpr std::size_t resume_page = 100;
/// How long a client waits for us to reach the position it came with.
inline constexpr auto resume_deadline = 5s;
/// How often the feed of the partners' queues looks when nothing wakes it, and how often others
/// look whether it needs a new feeder.
inline constexpr auto partner_feed_poll = 250ms;
inline constexpr auto partner_feed_retry = 1s;
/// Least time between two looks: what happens in a moment travels in one message.
inline constexpr auto partner_feed_pause = 20ms;
/// Events read at once for all partners, some 2 MiB, and messages under way, some 4 MiB.
inline constexpr std::size_t max_partner_read = 1'000;
inline constexpr std::size_t max_partner_messages = 64;
/// How long the broker may take to confirm them; then they are sent again.
inline constexpr auto partner_confirm_deadline = 10s;
/// How long the notifier takes to close its clients when it is told to leave.
inline constexpr auto notifier_drain = 3s;

// --- process ------------------------------------------------------------------------------------
/// Log messages remembered for rate limiting: more than the program has sentences.
inline constexpr std::size_t max_limited_messages = 1'000;
inline constexpr auto log_interval = 1s;
/// Series of one process: labels come from enums and route tables, never from outside.
inline constexpr std::size_t max_series = 10'000;
/// The admin endpoint serves probes and one scraper.
inline constexpr std::size_t max_admin_connections = 64;
inline constexpr std::size_t max_admin_request = 8 * 1024;
inline constexpr auto admin_deadline = 5s;

// --- storage ------------------------------------------------------------------------------------
/// Open shipments of one route that a batch locks: trades go into the oldest with room.
inline constexpr std::size_t max_open_shipments_per_route = 16;
/// How long a worker believes what it read of a principal when that allows something, and of how
/// many it remembers it.
inline constexpr auto caller_life = 5s;
inline constexpr std::size_t max_known_callers = 10'000;
/// Stock rows whose existence a worker remembers: a thousand stations by two hundred products.
inline constexpr std::size_t max_known_stock = 200'000;
/// Events of one subject that a history shows: a shipment takes 64 trades and some voyage.
inline constexpr std::size_t max_history = 1'000;

}  // namespace itn::limits
