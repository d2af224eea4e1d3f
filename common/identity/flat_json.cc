#include "common/identity/flat_json.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/limits.h"

namespace itn::identity {

namespace {

using nlohmann::json;

/// Hears of the text piece by piece; every `false` ends the reading.
class FlatReader final : public nlohmann::json_sax<json> {
public:
    FlatObject take() { return std::move(object_); }

    bool null() override { return false; }
    bool boolean(bool) override { return false; }
    bool number_float(number_float_t, const string_t&) override { return false; }
    bool binary(binary_t&) override { return false; }
    bool parse_error(std::size_t, const std::string&, const json::exception&) override {
        return false;
    }

    bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
    bool number_unsigned(number_unsigned_t value) override {
        return value <= static_cast<number_unsigned_t>(INT64_MAX) &&
               put(static_cast<std::int64_t>(value));
    }
    bool string(string_t& value) override {
        if (!in_array_) return put(std::move(value));
        array_.push_back(std::move(value));
        return true;
    }
    bool key(string_t& name) override {
        name_ = std::move(name);
        return true;
    }
    bool start_object(std::size_t) override { return !std::exchange(begun_, true); }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return begun_ && !std::exchange(in_array_, true); }
    bool end_array() override {
        in_array_ = false;
        return put(std::exchange(array_, {}));
    }

private:
    bool put(FlatValue value) {
        if (!begun_ || in_array_ || object_.members().size() >= limits::max_token_members)
            return false;
        return object_.add(std::move(name_), std::move(value));
    }

    FlatObject object_{};
    std::string name_{};
    std::vector<std::string> array_{};
    bool begun_ = false;
    bool in_array_ = false;
};

}  // namespace

std::optional<FlatObject> read_flat_json(std::string_view text) {
    // nlohmann would skip a byte order mark.
    if (!text.starts_with('{') || !text.ends_with('}')) return std::nullopt;
    FlatReader reader;
    if (!json::sax_parse(text, &reader)) return std::nullopt;
    return reader.take();
}

std::string write_flat_json(const FlatObject& object) {
    json out = json::object();
    for (const auto& [name, value] : object.members())
        std::visit([&, &key = name](const auto& member) { out[key] = member; }, value);
    return out.dump();
}

}  // namespace itn::identity
