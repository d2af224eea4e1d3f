#include "common/wire/problem_rows.h"

#include <algorithm>
#include <array>

namespace itn::wire {

namespace {

constexpr auto table = std::to_array<ProblemRow>({
    // What the domain turned down.
    {"expired", 422, "The command is too old or from the future"},
    {"forbidden", 403, "You may not do this"},
    {"key_reuse", 422, "The idempotency key belongs to another wish"},
    {"stale_version", 409, "Somebody changed it before you"},
    {"trade_exists", 409, "The trade exists already"},
    {"trade_not_found", 404, "There is no such trade"},
    {"trade_final", 409, "The trade is finished and never changes again"},
    {"trade_not_confirmed", 409, "The trade is not confirmed"},
    {"trade_departed", 409, "The goods of the trade are on their way"},
    {"not_collectable", 409, "The goods of this trade travel, nobody collects them"},
    {"same_station", 422, "Both ends are the same station"},
    {"quantity_out_of_range", 422, "The quantity is out of range"},
    {"insufficient_stock", 409, "There is not enough stock"},
    {"stock_below_zero", 409, "Stock cannot become negative"},
    {"stock_below_reserved", 409, "Stock cannot fall below what is reserved"},
    {"shipment_exists", 409, "The shipment exists already"},
    {"shipment_not_found", 404, "There is no such shipment"},
    {"shipment_final", 409, "The shipment is finished and never changes again"},
    {"shipment_not_pending", 409, "The shipment is no longer loading"},
    {"shipment_not_under_way", 409, "The shipment is not under way"},
    {"shipment_not_delayed", 409, "The shipment is not delayed"},
    {"shipment_empty", 409, "The shipment is empty"},
    {"shipment_full", 409, "The shipment carries as many trades as it may"},
    {"capacity_exceeded", 409, "The shipment has no room for this"},
    {"wrong_route", 422, "The trade goes another way than the shipment"},
    {"already_loaded", 409, "The trade travels in a shipment already"},
    {"not_loaded", 409, "The trade is not in this shipment"},
    {"command_parked", 500, "The command was put aside for an operator"},
    // What could not be read.
    {"invalid_json", 400, "The body is no valid JSON"},
    {"invalid_request", 400, "A field is missing, unknown or wrong"},
    {"payload_too_large", 413, "The JSON is larger than it may be"},
    {"envelope", 400, "The envelope is not valid"},
    {"invalid_position", 400, "The position is not valid"},
    {"future_position", 409, "The position is ahead of the journal"},
    {"invalid_cursor", 400, "The cursor is not valid"},
    {"invalid_parameter", 400, "A query parameter has a wrong value"},
    {"unknown_parameter", 400, "There is no such query parameter"},
    {"invalid_idempotency_key", 400, "The idempotency key is not valid"},
    {"invalid_if_match", 400, "The If-Match header is not valid"},
    // What was read and makes no sense.
    {"out_of_range", 422, "A number is out of range"},
    {"unknown_station", 422, "There is no such station"},
    {"unknown_product", 422, "There is no such product"},
    // Things that are not there, or there already.
    {"station_not_found", 404, "There is no such station"},
    {"product_not_found", 404, "There is no such product"},
    {"stock_not_found", 404, "There is no such stock"},
    {"command_not_found", 404, "The command has no outcome yet"},
    {"station_exists", 409, "The station exists already"},
    {"product_exists", 409, "The product exists already"},
    {"account_not_found", 404, "There is no such account"},
    {"key_not_found", 404, "There is no such key"},
    {"partner_not_found", 404, "There is no such partner"},
    {"account_exists", 409, "Somebody has this e-mail address already"},
    {"partner_exists", 409, "The partner exists already"},
    {"too_many_keys", 409, "There are as many keys as there may be"},
    {"token_too_large", 409, "The stations do not fit into a token"},
    {"in_use", 409, "It has stock or trades and cannot be deleted"},
    // Who it is.
    {"unauthenticated", 401, "Say who you are"},
    {"sign_in_failed", 401, "E-mail address or password is wrong"},
    {"invalid_refresh_token", 401, "The refresh token is not good any more"},
    {"invalid_password", 422, "The password cannot be taken"},
    // The connection and the process.
    {"bad_request", 400, "The request is not valid HTTP"},
    {"not_found", 404, "There is nothing here"},
    {"method_not_allowed", 405, "The method does not fit this path"},
    {"request_timeout", 408, "The request took too long to arrive"},
    {"length_required", 411, "The length of the body must be said"},
    {"content_too_large", 413, "The body is too large"},
    {"uri_too_long", 414, "The path is too long"},
    {"unsupported_media_type", 415, "The body has another content type than expected"},
    {"token_in_url", 401, "A token in a URL is seen by others"},
    {"use_notifier", 426, "Real-time updates are served elsewhere"},
    {"upgrade_required", 426, "This is a live feed"},
    {"precondition_required", 428, "Say which version you change"},
    {"too_many_requests", 429, "Too many requests"},
    {"header_fields_too_large", 431, "The headers are too large"},
    {"internal", 500, "Something is wrong on our side"},
    {"overloaded", 503, "There is too much to do just now"},
    {"not_ready", 503, "This door is not ready yet"},
    {"not_accepted", 503, "The command was not accepted"},
    {"outcome_unknown", 503, "It is unknown whether the command was accepted"},
    {"database_unavailable", 503, "The database does not answer"},
    {"timeout", 504, "The answer took too long"},
    {"http_version_not_supported", 505, "This version of HTTP is not spoken here"},
});

}  // namespace

std::span<const ProblemRow> problem_rows() {
    return table;
}

const ProblemRow* find_problem_row(std::string_view slug) {
    const auto* row = std::ranges::find(table, slug, &ProblemRow::slug);
    return row == table.end() ? nullptr : row;
}

std::string problem_type(const ProblemRow& row) {
    return "/problems/" + std::string(row.slug);
}

}  // namespace itn::wire
