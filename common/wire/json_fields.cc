#include "common/wire/json_fields.h"

namespace itn::wire {

static_assert(limits::max_json_members <= 64, "Fields keeps a bit for each member");

namespace {

// Times that RFC 3339 can write back: the year has four digits.
constexpr Timestamp first_time = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
constexpr Timestamp time_end = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);

}  // namespace

void Faults::schema(const JsonPlace& place, std::string detail) {
    schema_ = true;
    faults_.push_back(Fault{.pointer = place.pointer(), .detail = std::move(detail)});
}

void Faults::range(const JsonPlace& place, std::string detail) {
    faults_.push_back(Fault{.pointer = place.pointer(), .detail = std::move(detail)});
}

Problem Faults::problem() const {
    const Fault& first = faults_.front();
    std::string detail = first.pointer.empty() ? first.detail : first.pointer + " " + first.detail;
    if (faults_.size() > 1) detail += " (and " + std::to_string(faults_.size() - 1) + " more)";
    return Problem{.slug = schema_ ? "invalid_request" : "out_of_range",
                   .detail = std::move(detail),
                   .faults = faults_};
}

Fields::Fields(const JsonDocument& document, const JsonNode& node, const JsonPlace& place,
               Faults& faults)
    : document_(document), place_(place), faults_(faults) {
    if (node.type != JsonType::object) {
        faults_.schema(place_, "must be an object");
        return;
    }
    count_ = node.count;
    first_ = cursor_ = document.index_of(node) + 1;
}

const JsonNode* Fields::find(std::string_view key) {
    for (std::uint32_t tried = 0; tried < count_; ++tried) {
        const JsonNode& node = document_.at(cursor_);
        const std::uint32_t number = cursor_number_++;
        cursor_ = node.next;
        if (cursor_number_ == count_) {
            cursor_ = first_;
            cursor_number_ = 0;
        }
        if (node.key == key) {
            asked_ |= std::uint64_t{1} << number;
            return &node;
        }
    }
    return nullptr;
}

const JsonNode* Fields::need(std::string_view key) {
    const JsonNode* const node = find(key);
    // Of what is no object that much was said.
    if (node == nullptr && first_ != 0) schema(key, "is required");
    return node;
}

std::string Fields::text(std::string_view key, std::size_t max_bytes) {
    return std::string(view(key, max_bytes));
}

std::optional<std::string> Fields::text_if(std::string_view key, std::size_t max_bytes) {
    const auto found = view_if(key, max_bytes);
    if (!found) return std::nullopt;
    return std::string(*found);
}

std::string_view Fields::view(std::string_view key, std::size_t max_bytes) {
    const JsonNode* const node = need(key);
    return node == nullptr ? std::string_view() : bounded(key, *node, max_bytes);
}

std::optional<std::string_view> Fields::view_if(std::string_view key, std::size_t max_bytes) {
    const JsonNode* const node = find(key);
    if (node == nullptr) return std::nullopt;
    return bounded(key, *node, max_bytes);
}

std::string_view Fields::bounded(std::string_view key, const JsonNode& node,
                                 std::size_t max_bytes) {
    if (!is_text(key, node)) return {};
    if (node.text.size() <= max_bytes) return node.text;
    schema(key, "is longer than " + std::to_string(max_bytes) + " bytes");
    return {};
}

std::int64_t Fields::integer(std::string_view key, Range range) {
    const JsonNode* const node = need(key);
    return node == nullptr ? 0 : whole(key, *node, range);
}

std::optional<std::int64_t> Fields::integer_if(std::string_view key, Range range) {
    const JsonNode* const node = find(key);
    if (node == nullptr) return std::nullopt;
    return whole(key, *node, range);
}

std::int64_t Fields::whole(std::string_view key, const JsonNode& node, Range bounds) {
    if (node.type != JsonType::integer) {
        const bool digits = node.raw.find_first_not_of("-0123456789") == node.raw.npos;
        schema(key, node.type == JsonType::number && digits ? "does not fit 64 bits"
                                                            : "must be a whole number");
        return 0;
    }
    if (node.integer < bounds.from) range(key, "is less than " + std::to_string(bounds.from));
    if (node.integer > bounds.to) range(key, "is more than " + std::to_string(bounds.to));
    return node.integer;
}

bool Fields::flag(std::string_view key) {
    const JsonNode* const node = need(key);
    if (node == nullptr) return false;
    if (node->type != JsonType::boolean) schema(key, "must be true or false");
    return node->truth;
}

Timestamp Fields::time(std::string_view key) {
    const JsonNode* const node = need(key);
    return node == nullptr ? Timestamp{} : moment(key, *node);
}

std::optional<Timestamp> Fields::time_if(std::string_view key) {
    const JsonNode* const node = find(key);
    if (node == nullptr) return std::nullopt;
    return moment(key, *node);
}

Timestamp Fields::moment(std::string_view key, const JsonNode& node) {
    if (!is_text(key, node)) return {};
    const auto at = from_rfc3339(node.text);
    if (!at) schema(key, "must be a time as RFC 3339 has it");
    if (at && (*at < first_time || *at >= time_end)) range(key, "lies outside 1970 to 9999");
    return at.value_or(Timestamp{});
}

bool Fields::is_text(std::string_view key, const JsonNode& node) {
    if (node.type == JsonType::string) return true;
    schema(key, "must be a text");
    return false;
}

bool Fields::is_array(std::string_view key, const JsonNode& node, Range size) {
    if (node.type != JsonType::array) {
        schema(key, "must be an array");
        return false;
    }
    const auto count = std::int64_t{node.count};
    if (count < size.from) schema(key, "needs at least " + std::to_string(size.from));
    if (count > size.to) schema(key, "takes at most " + std::to_string(size.to));
    return true;
}

void Fields::schema(std::string_view key, std::string_view detail) {
    faults_.schema(place(key), std::string(detail));
}

void Fields::range(std::string_view key, std::string_view detail) {
    faults_.range(place(key), std::string(detail));
}

void Fields::finish() {
    std::uint32_t at = first_;
    for (std::uint32_t i = 0; i < count_; ++i) {
        if ((asked_ >> i & 1) == 0) schema(document_.at(at).key, "is not known here");
        at = document_.at(at).next;
    }
}

}  // namespace itn::wire
