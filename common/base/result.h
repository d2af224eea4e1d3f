#pragma once

// Result<T> is a value or a Problem. A Problem is the caller's fault (malformed, unknown, too
// large); a broken business rule is a domain::Rejection, a broken machine an exception.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/ensure.h"

namespace itn {

/// One fault at one place. `pointer` is a JSON pointer (RFC 6901) into the input, "" for the whole.
struct Fault {
    std::string pointer{};
    std::string detail{};
    friend bool operator==(const Fault&, const Fault&) = default;
};

/// What is wrong with an input. `slug` is a row of the problem table (api/problem.h): it names the
/// rule, decides the HTTP status and is the `code` of a queue reply.
struct Problem {
    std::string slug{};
    std::string detail{};
    std::vector<Fault> faults{};
    friend bool operator==(const Problem&, const Problem&) = default;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT
    Result(Problem problem) : state_(std::in_place_index<1>, std::move(problem)) {}  // NOLINT

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        ENSURE(ok());
        return std::get<0>(state_);
    }
    const T& value() const& {
        ENSURE(ok());
        return std::get<0>(state_);
    }
    T&& value() && {
        ENSURE(ok());
        return std::get<0>(std::move(state_));
    }
    const Problem& problem() const {
        ENSURE(!ok());
        return std::get<1>(state_);
    }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

private:
    std::variant<T, Problem> state_;
};

}  // namespace itn
