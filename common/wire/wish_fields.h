#pragma once

// What the parsers of wishes share (wish.h): reading one object of a client, whole.

#include "common/wire/json_fields.h"
#include "common/wire/wish.h"

namespace itn::wire {

/// Reads the fields of one object and refuses unknown ones.
template <class T, class Read>
Result<T> parse_object(std::string_view body, Read read) {
    return read_value<T>(body, {},
                         [&](const JsonDocument& document, const JsonNode& root,
                             const JsonPlace& place, Faults& faults) {
                             Fields fields(document, root, place, faults);
                             T value = read(fields);
                             fields.finish();
                             return value;
                         });
}

/// A Problem about an id that stands in the path, which has no JSON pointer.
Problem bad_path(std::string_view what, std::string_view rule);

// What a wish says in its body, whichever door it comes through. Its subject and expected version
// are the caller's to read where they do not stand there.
Wish read_trade_wish(Fields& fields);
Wish read_cargo_wish(Fields& fields);
domain::CancelTrade read_cancel(Fields& fields);
domain::MoveCargo read_move(Fields& fields);
/// Its station stands outside the body.
Wish read_adjustment_wish(Fields& fields, StationId station);
/// A text for people: no longer than `max_bytes`, without control characters but newline and tab.
std::string read_prose(Fields& fields, std::string_view key, std::size_t max_bytes);
std::optional<std::string> read_prose_if(Fields& fields, std::string_view key,
                                         std::size_t max_bytes);

}  // namespace itn::wire
