#include "api/traffic.h"

#include <utility>

namespace itn::api {

bool Pending::enter() {
    if (count_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    leave();
    return false;
}

RouteTraffic::RouteTraffic(runtime::Metrics& metrics, std::string method, std::string route)
    : metrics_(metrics),
      method_(std::move(method)),
      route_(std::move(route)),
      took_(metrics.histogram("itn_http_request_duration_seconds",
                              "From the parsed request to its answer.",
                              {{"method", method_}, {"route", route_}})) {}

void RouteTraffic::answered(int status, std::chrono::nanoseconds took) {
    took_.observe(took);
    auto& slot = by_status_[static_cast<std::size_t>(status) % statuses];
    auto* counter = slot.load(std::memory_order_acquire);
    if (counter == nullptr) {
        counter = &metrics_.counter(
            "itn_http_requests_total", "Requests answered.",
            {{"method", method_}, {"route", route_}, {"code", std::to_string(status)}});
        slot.store(counter, std::memory_order_release);
    }
    counter->add();
}

}  // namespace itn::api
