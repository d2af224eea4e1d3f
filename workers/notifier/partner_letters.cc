#include "workers/notifier/partner_letters.h"

#include <utility>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::workers::notifier {

void PartnerLetters::add(std::string_view event, const std::string& position) {
    ENSURE(event.size() > 2 && event.back() == '}');
    std::string whole(event.substr(0, event.size() - 1));
    whole.append(R"(,"position":")").append(position);
    whole.append(R"(","after":")").append(after_).append("\"}");
    const bool is_full = events_ == limits::max_events_per_message ||
                         open_.size() + whole.size() + 2 > limits::max_message;
    if (is_full) close();
    open_.append(open_.empty() ? "[" : ",").append(whole);
    ++events_;
    after_ = position;
}

void PartnerLetters::close() {
    if (open_.empty()) return;
    bodies_.push_back(std::exchange(open_, {}) + "]");
    events_ = 0;
}

std::vector<std::string> PartnerLetters::take() {
    close();
    return std::exchange(bodies_, {});
}

}  // namespace itn::workers::notifier
