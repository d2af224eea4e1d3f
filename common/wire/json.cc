#include "common/wire/json.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "common/wire/json_text.h"

namespace itn::wire {

std::string JsonPlace::pointer() const {
    if (parent == nullptr) return {};
    std::string text = parent->pointer();
    text += '/';
    if (index >= 0) return text + std::to_string(index);
    for (const char c : key) {
        if (c == '~') {
            text += "~0";
        } else if (c == '/') {
            text += "~1";
        } else {
            text += c;
        }
    }
    return text;
}

/// Recursive descent; every function returns false once `problem_` is set. The depth is bounded
/// before each descent.
class JsonReader final {
public:
    JsonReader(std::string_view text, const JsonBounds& bounds) : text_(text), bounds_(bounds) {}

    Result<JsonDocument> read() {
        if (text_.size() > bounds_.max_bytes) return too_large();
        document_.nodes_.reserve(text_.size() / 24 + 4);
        const JsonPlace root;
        skip_space();
        if (!value(root, {}, 0)) return std::move(*problem_);
        skip_space();
        if (pos_ != text_.size()) {
            fail(root, "bytes after the end of the value");
            return std::move(*problem_);
        }
        return std::move(document_);
    }

private:
    Problem too_large() const {
        return Problem{.slug = "payload_too_large",
                       .detail = "more than " + std::to_string(bounds_.max_bytes) + " bytes",
                       .faults = {}};
    }
    bool fail(const JsonPlace& place, std::string what) {
        what += " at byte " + std::to_string(pos_);
        problem_ = Problem{.slug = "invalid_json",
                           .detail = what,
                           .faults = {Fault{.pointer = place.pointer(), .detail = what}}};
        return false;
    }
    void skip_space() {
        while (pos_ < text_.size() && (text_[pos_] == ' ' || text_[pos_] == '\n' ||
                                       text_[pos_] == '\r' || text_[pos_] == '\t'))
            ++pos_;
    }
    bool take(char c) {
        if (pos_ >= text_.size() || text_[pos_] != c) return false;
        ++pos_;
        return true;
    }

    bool value(const JsonPlace& place, std::string_view key, std::size_t depth) {
        if (pos_ >= text_.size()) return fail(place, "the value is missing");
        const std::size_t from = pos_;
        const auto index = document_.nodes_.size();
        document_.nodes_.emplace_back().key = key;
        if (!value_at(index, place, depth)) return false;
        JsonNode& node = document_.nodes_[index];
        node.raw = text_.substr(from, pos_ - from);
        node.next = static_cast<std::uint32_t>(document_.nodes_.size());
        return true;
    }
    bool value_at(std::size_t index, const JsonPlace& place, std::size_t depth) {
        switch (text_[pos_]) {
            case '{':
                return object(index, place, depth);
            case '[':
                return array(index, place, depth);
            case '"':
                document_.nodes_[index].type = JsonType::string;
                return string(place, document_.nodes_[index].text);
            case 't':
                return word(index, place, "true", JsonType::boolean, true);
            case 'f':
                return word(index, place, "false", JsonType::boolean, false);
            case 'n':
                return word(index, place, "null", JsonType::null, false);
            default:
                return number(index, place);
        }
    }
    bool word(std::size_t index, const JsonPlace& place, std::string_view word, JsonType type,
              bool truth) {
        if (text_.substr(pos_, word.size()) != word) return fail(place, "an unknown word");
        pos_ += word.size();
        document_.nodes_[index].type = type;
        document_.nodes_[index].truth = truth;
        return true;
    }

    bool object(std::size_t index, const JsonPlace& place, std::size_t depth) {
        if (depth >= limits::max_json_depth) return fail(place, "nested too deeply");
        document_.nodes_[index].type = JsonType::object;
        ++pos_;
        skip_space();
        if (take('}')) return true;
        do {
            if (!member(index, place, depth)) return false;
            skip_space();
        } while (take(',') && (skip_space(), true));
        return take('}') || fail(place, "a comma or } is missing");
    }
    bool member(std::size_t index, const JsonPlace& place, std::size_t depth) {
        std::string_view key;
        if (pos_ >= text_.size() || text_[pos_] != '"') return fail(place, "a name is missing");
        if (!string(place, key)) return false;
        const JsonPlace inside{.parent = &place, .key = key};
        if (has_member(index, key)) return fail(inside, "the same name again");
        if (++document_.nodes_[index].count > limits::max_json_members)
            return fail(place, "too many members");
        skip_space();
        if (!take(':')) return fail(inside, "a colon is missing");
        skip_space();
        return value(inside, key, depth + 1);
    }
    bool has_member(std::size_t index, std::string_view key) const {
        auto at = index + 1;
        for (std::uint32_t i = 0; i < document_.nodes_[index].count; ++i) {
            if (document_.nodes_[at].key == key) return true;
            at = document_.nodes_[at].next;
        }
        return false;
    }
    bool array(std::size_t index, const JsonPlace& place, std::size_t depth) {
        if (depth >= limits::max_json_depth) return fail(place, "nested too deeply");
        document_.nodes_[index].type = JsonType::array;
        const std::size_t most = depth == 0 ? bounds_.max_outer : bounds_.max_inner;
        ++pos_;
        skip_space();
        if (take(']')) return true;
        do {
            const JsonPlace inside{.parent = &place, .index = document_.nodes_[index].count};
            if (++document_.nodes_[index].count > most) return fail(place, "too many elements");
            if (!value(inside, {}, depth + 1)) return false;
            skip_space();
        } while (take(',') && (skip_space(), true));
        return take(']') || fail(place, "a comma or ] is missing");
    }

    bool digits() {
        const std::size_t from = pos_;
        while (pos_ < text_.size() && text_[pos_] >= '0' && text_[pos_] <= '9')
            ++pos_;
        return pos_ > from;
    }
    bool number(std::size_t index, const JsonPlace& place) {
        JsonNode& node = document_.nodes_[index];
        node.type = JsonType::number;
        const std::size_t from = pos_;
        take('-');
        if (!take('0') && !digits()) return fail(place, "no JSON value");
        const std::size_t whole = pos_;
        if (take('.') && !digits()) return fail(place, "digits are missing");
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!digits()) return fail(place, "digits are missing");
        }
        if (pos_ != whole) return true;
        const auto end = std::from_chars(text_.data() + from, text_.data() + pos_, node.integer);
        if (end.ec == std::errc()) node.type = JsonType::integer;
        return true;
    }

    /// A view into the source, or of an unescaped copy.
    bool string(const JsonPlace& place, std::string_view& out) {
        const std::size_t from = ++pos_;
        while (pos_ < text_.size()) {
            pos_ += plain_ascii(text_.substr(pos_));
            if (pos_ >= text_.size()) break;
            const char c = text_[pos_];
            if (c == '"') {
                out = text_.substr(from, pos_ - from);
                ++pos_;
                return true;
            }
            if (c == '\\') return escaped_string(place, from, out);
            if (!plain_char(place)) return false;
        }
        return fail(place, "the text does not end");
    }
    /// One character that is neither a quote nor an escape.
    bool plain_char(const JsonPlace& place) {
        if (static_cast<unsigned char>(text_[pos_]) < 0x20)
            return fail(place, "a control character");
        const std::size_t length = utf8_length(text_.substr(pos_));
        if (length == 0) return fail(place, "bad UTF-8");
        pos_ += length;
        return true;
    }
    bool escaped_string(const JsonPlace& place, std::size_t from, std::string_view& out) {
        std::string& copy = document_.unescaped_.emplace_back(text_.substr(from, pos_ - from));
        while (pos_ < text_.size()) {
            if (take('"')) {
                out = copy;
                return true;
            }
            const std::size_t at = pos_;
            if (text_[pos_] == '\\') {
                ++pos_;
                if (!escape(place, copy)) return false;
            } else {
                if (!plain_char(place)) return false;
                copy += text_.substr(at, pos_ - at);
            }
        }
        return fail(place, "the text does not end");
    }
    bool escape(const JsonPlace& place, std::string& copy) {
        static constexpr std::string_view names = "\"\\/bfnrt";
        static constexpr std::string_view means = "\"\\/\b\f\n\r\t";
        if (take('u')) return unicode_escape(place, copy);
        const auto found = pos_ < text_.size() ? names.find(text_[pos_]) : names.npos;
        if (found == names.npos) return fail(place, "an unknown escape");
        copy += means[found];
        ++pos_;
        return true;
    }
    bool unicode_escape(const JsonPlace& place, std::string& copy) {
        auto code = hex4();
        if (!code) return fail(place, "four hex digits are missing");
        if (*code == 0) return fail(place, "NUL");
        if (*code >= 0xDC00 && *code <= 0xDFFF) return fail(place, "a lone surrogate");
        if (*code >= 0xD800 && *code <= 0xDBFF) {
            if (!take('\\') || !take('u')) return fail(place, "a lone surrogate");
            const auto low = hex4();
            if (!low || *low < 0xDC00 || *low > 0xDFFF) return fail(place, "a lone surrogate");
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
        }
        append_utf8(copy, *code);
        return true;
    }
    std::optional<std::uint32_t> hex4() {
        if (pos_ + 4 > text_.size()) return std::nullopt;
        std::uint32_t code = 0;
        const char* const from = text_.data() + pos_;
        const auto end = std::from_chars(from, from + 4, code, 16);
        if (end.ec != std::errc() || end.ptr != from + 4) return std::nullopt;
        pos_ += 4;
        return code;
    }

    std::string_view text_;
    JsonBounds bounds_;
    std::size_t pos_ = 0;
    JsonDocument document_;
    std::optional<Problem> problem_;
};

Result<JsonDocument> read_json(std::string_view text, const JsonBounds& bounds) {
    return JsonReader(text, bounds).read();
}

}  // namespace itn::wire
