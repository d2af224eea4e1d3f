#pragma once

// Bytes on their way out: grown by encoders, taken by the socket. It keeps its memory between
// turns, so a busy connection allocates nothing.

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace itn::messaging {

class ByteBuffer final {
public:
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    char* data() { return bytes_.data(); }
    const char* data() const { return bytes_.data(); }
    std::string_view view() const { return {bytes_.data(), size_}; }

    /// Room for `count` more bytes behind the last one; valid until the next call.
    char* room(std::size_t count) {
        if (bytes_.size() - size_ < count) bytes_.resize(2 * bytes_.size() + count);
        return bytes_.data() + size_;
    }
    /// Counts `count` bytes written into room() as content.
    void extend(std::size_t count) { size_ += count; }

    void append(std::string_view text) {
        if (text.empty()) return;
        std::memcpy(room(text.size()), text.data(), text.size());
        size_ += text.size();
    }
    void clear() { size_ = 0; }
    void drop_front(std::size_t count) {
        size_ -= count;
        std::memmove(bytes_.data(), bytes_.data() + count, size_);
    }

private:
    std::vector<char> bytes_;
    std::size_t size_ = 0;
};

}  // namespace itn::messaging
