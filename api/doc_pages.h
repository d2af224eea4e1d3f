#pragma once

// The descriptions as pages for people: /docs shows docs/openapi.yaml, /docs/queue
// docs/asyncapi.yaml. They are rendered by docs/site/build into a directory, and everything they
// need is inside them.

#include <optional>
#include <string>

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// A page in both forms that a client may take.
struct DocPage {
    std::string gzip{};  // held in memory
    std::string path{};  // of the plain file, read when somebody cannot take the other
    std::string etag{};
};

/// Never changes once it is made: any thread.
struct DocPages {
    std::optional<DocPage> openapi{};
    std::optional<DocPage> asyncapi{};
};
/// What `directory` holds of openapi.html(.gz) and asyncapi.html(.gz); "" holds nothing.
DocPages load_doc_pages(const std::string& directory);

void show_docs(const Room& room, CallPtr call);
void show_queue_docs(const Room& room, CallPtr call);

}  // namespace itn::api
