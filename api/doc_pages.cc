#include "api/doc_pages.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "api/etag.h"

namespace itn::api {

namespace {

std::optional<std::string> content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<DocPage> load(const std::string& path) {
    auto gzip = content_of(path + ".gz");
    if (!gzip || gzip->empty()) return std::nullopt;
    auto etag = "W/" + body_etag(*gzip);  // of both forms
    return DocPage{.gzip = *std::move(gzip), .path = path, .etag = std::move(etag)};
}

/// Whether the client takes gzip. A weight of zero is not looked for: nobody sends it.
bool takes_gzip(const front::Request& request) {
    const auto accepted = request.header("Accept-Encoding");
    return accepted && accepted->find("gzip") != std::string_view::npos;
}

/// The page's script and styles stand in the page itself.
std::vector<std::pair<std::string, std::string>> headers_of(const DocPage& page) {
    return {{"ETag", page.etag},
            {"Cache-Control", "no-cache"},
            {"Vary", "Accept-Encoding"},
            {"Content-Security-Policy",
             "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
             "img-src 'self' data:; font-src data:; connect-src 'self'; worker-src blob:; "
             "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}};
}

void answer_page(const Room& room, Call& call, std::optional<DocPage> DocPages::*which,
                 std::string_view document) {
    static const std::optional<DocPage> none;
    const auto& page = room.doc_pages == nullptr ? none : room.doc_pages->*which;
    if (!page)
        return call.problem(problem_of(
            "not_found", "The pages were not rendered here; the description itself is at " +
                             std::string(document) + "."));
    auto headers = headers_of(*page);
    if (is_not_modified(call.request(), page->etag))
        return call.reply({.status = 304,
                           .body = {},
                           .content_type = "text/html; charset=utf-8",
                           .headers = std::move(headers)});
    std::string body = page->gzip;
    if (takes_gzip(call.request())) {
        headers.emplace_back("Content-Encoding", "gzip");
    } else {
        auto plain = content_of(page->path);
        if (!plain) return call.problem(problem_of("internal", "A page has gone."));
        body = *std::move(plain);
    }
    call.reply({.body = std::move(body),
                .content_type = "text/html; charset=utf-8",
                .headers = std::move(headers)});
}

}  // namespace

DocPages load_doc_pages(const std::string& directory) {
    if (directory.empty()) return {};
    return {.openapi = load(directory + "/openapi.html"),
            .asyncapi = load(directory + "/asyncapi.html")};
}

void show_docs(const Room& room, CallPtr call) {
    answer_page(room, *call, &DocPages::openapi, "/openapi.yaml");
}

void show_queue_docs(const Room& room, CallPtr call) {
    answer_page(room, *call, &DocPages::asyncapi, "/asyncapi.yaml");
}

}  // namespace itn::api
