#pragma once

// Looks through encoded AMQP tables without recursion, before librabbitmq decodes them: every
// length inside its bounds and no deeper than limits::max_amqp_table_depth.
//
//     table = size(4) { name-length(1) name field }*      array = size(4) { field }*
//     field = kind(1) value

#include <span>

namespace itn::messaging {

/// Whether `encoded` begins with a table that is safe to decode.
bool is_sane_table(std::span<const char> encoded);

/// Whether the properties of class basic, from their flags on, hold no unsafe table.
bool are_sane_properties(std::span<const char> encoded);

}  // namespace itn::messaging
