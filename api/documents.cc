#include "api/documents.h"

#include <utility>

#include "api/etag.h"

namespace itn::api {

namespace {

std::string whole(std::span<const std::string_view> pieces) {
    std::string text;
    for (const auto piece : pieces)
        text.append(piece);
    return text;
}

void answer_document(Call& call, const std::string& text) {
    auto etag = body_etag(text);
    const bool is_known = is_not_modified(call.request(), etag);
    call.reply({.status = is_known ? 304 : 200,
                .body = is_known ? std::string() : text,
                .content_type = "application/yaml",
                .headers = {{"ETag", std::move(etag)}, {"Cache-Control", "no-cache"}}});
}

}  // namespace

const std::string& openapi_document() {
    static const auto text = whole(openapi_pieces());
    return text;
}

const std::string& asyncapi_document() {
    static const auto text = whole(asyncapi_pieces());
    return text;
}

void show_openapi(const Room&, CallPtr call) {
    answer_document(*call, openapi_document());
}

void show_asyncapi(const Room&, CallPtr call) {
    answer_document(*call, asyncapi_document());
}

}  // namespace itn::api
