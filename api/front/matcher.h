#pragma once

// Which route a request is for, by Pistache's request parser and router. Pistache is given a line
// that we wrote ourselves (method and path, both checked before): it never sees a header, which its
// typed headers would answer with 500, nor a body, which it would copy. Each worker has a matcher
// of its own, so nothing of Pistache is shared between threads.

#include <pistache/http.h>
#include <pistache/router.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/front/front.h"

namespace itn::api::front {

struct Match {
    const Route* route = nullptr;  // null: no route for this method
    Method method = Method::get;   // as asked: HEAD on a GET route is Method::head
    std::vector<std::pair<std::string, std::string>> params;  // names without colon, values
                                                              // percent-encoded
    std::string allow;  // without a route: the methods that this path has, "" for an unknown path
};

class Matcher final {
public:
    /// `routes` must outlive the matcher. Throws std::runtime_error when two routes are the same.
    explicit Matcher(const std::vector<Route>& routes);
    Matcher(const Matcher&) = delete;
    Matcher& operator=(const Matcher&) = delete;

    /// `path` as parse_head leaves it.
    Match find(std::string_view method, std::string_view path);

private:
    void add(Pistache::Http::Method method, const Route& route);
    void route(std::string_view method, std::string_view path);
    std::string allowed(std::string_view path) const;

    const std::vector<Route>& routes_;
    std::shared_ptr<Pistache::Rest::Router> router_;
    Pistache::Rest::Private::RouterHandler handler_;
    Pistache::Http::RequestParser parser_;
    std::string line_;
    Match match_;  // what the router's callback found
};

}  // namespace itn::api::front
