#include "api/front/matcher.h"

#include <algorithm>
#include <array>

#include "common/base/limits.h"

namespace itn::api::front {

namespace {

namespace rest = Pistache::Rest;
namespace http = Pistache::Http;

constexpr std::array all_methods = {Method::get,   Method::head, Method::post,   Method::put,
                                    Method::patch, Method::del,  Method::options};

std::optional<Method> known_method(std::string_view text) {
    for (const Method method : all_methods)
        if (name(method) == text) return method;
    return std::nullopt;
}

http::Method pistache_method(Method method) {
    switch (method) {
        case Method::get:
            return http::Method::Get;
        case Method::head:
            return http::Method::Head;
        case Method::post:
            return http::Method::Post;
        case Method::put:
            return http::Method::Put;
        case Method::patch:
            return http::Method::Patch;
        case Method::del:
            return http::Method::Delete;
        case Method::options:
            return http::Method::Options;
    }
    return http::Method::Get;
}

/// Takes the first segment and its slash off `path`.
std::string_view take_segment(std::string_view& path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

/// The router's own rule, for the Allow header: ":name" stands for one segment that is not empty,
/// and a slash at the end does not count.
bool fits(std::string_view pattern, std::string_view path) {
    while (!pattern.empty() || !path.empty()) {
        const auto wanted = take_segment(pattern);
        const auto segment = take_segment(path);
        if (wanted.starts_with(':') ? segment.empty() : wanted != segment) return false;
    }
    return true;
}

void for_each_param(std::string_view pattern, const auto& use) {
    while (!pattern.empty()) {
        const auto segment = take_segment(pattern);
        if (segment.starts_with(':')) use(std::string(segment));
    }
}

}  // namespace

std::string_view name(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
    }
    return "";
}

Matcher::Matcher(const std::vector<Route>& routes)
    : routes_(routes),
      router_(std::make_shared<rest::Router>()),
      handler_(router_),
      parser_(limits::max_head) {
    // The router would answer itself where it finds no route; this handler takes that from it.
    router_->addCustomHandler(
        [](const rest::Request&, http::ResponseWriter) { return rest::Route::Result::Ok; });
    for (const Route& route : routes_) {
        add(pistache_method(route.method), route);
        const auto is_its_head = [&](const Route& other) {
            return other.method == Method::head && other.pattern == route.pattern;
        };
        if (route.method == Method::get && std::ranges::none_of(routes_, is_its_head))
            add(http::Method::Head, route);
    }
}

void Matcher::add(http::Method method, const Route& route) {
    router_->addRoute(
        method, route.pattern, [this, &route](const rest::Request& request, http::ResponseWriter) {
            match_.route = &route;
            for_each_param(route.pattern, [&](const std::string& param) {
                match_.params.emplace_back(param.substr(1), request.param(param).as<std::string>());
            });
            return rest::Route::Result::Ok;
        });
}

void Matcher::route(std::string_view method, std::string_view path) {
    line_.assign(method).append(" ").append(path).append(" HTTP/1.1\r\n\r\n");
    parser_.reset();
    if (!parser_.feed(line_.data(), line_.size())) return;
    if (parser_.parse() != http::Private::State::Done) return;
    router_->route(parser_.request, http::ResponseWriter(http::Version::Http11, nullptr, &handler_,
                                                         std::weak_ptr<Pistache::Tcp::Peer>()));
}

std::string Matcher::allowed(std::string_view path) const {
    std::string allow;
    for (const Method method : all_methods) {
        const bool has = std::ranges::any_of(routes_, [&](const Route& route) {
            const bool same =
                route.method == method || (method == Method::head && route.method == Method::get);
            return same && fits(route.pattern, path);
        });
        const bool always = method == Method::options && !allow.empty();
        if (has || always) allow.append(allow.empty() ? "" : ", ").append(name(method));
    }
    return allow;
}

Match Matcher::find(std::string_view method, std::string_view path) {
    match_ = {};
    const auto known = known_method(method);
    if (known) {
        match_.method = *known;
        try {
            route(method, path);
        } catch (const std::exception&) {
            match_.route = nullptr;  // Pistache says so of a path without segments.
        }
    }
    if (match_.route == nullptr) match_.allow = allowed(path);
    return std::move(match_);
}

}  // namespace itn::api::front
