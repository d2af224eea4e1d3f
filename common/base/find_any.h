#pragma once

// Looking for one of a few characters. std::string_view::find_first_of asks memchr about every
// single character; here they are compared, which is several times faster on texts of some length.

#include <cstddef>
#include <string_view>

namespace itn {

/// Where the first of `any` stands in `text`, from `from` on; npos when none does.
template <char... any>
constexpr std::size_t find_any(std::string_view text, std::size_t from = 0) {
    for (; from < text.size(); ++from)
        if (((text[from] == any) || ...)) return from;
    return std::string_view::npos;
}

}  // namespace itn
