#include "common/storage/reader.h"

#include "common/storage/array_text.h"
#include "common/storage/reader_snapshot.h"

namespace itn::storage {

namespace sql = statements;

Reader::Reader(std::string url, std::string application, std::chrono::milliseconds statement)
    : connection_(std::make_unique<Connection>(std::move(url), std::move(application),
                                               Purpose::reading, statement)) {}

Reader::~Reader() = default;

wire::Position position_of(Session& session) {
    wire::Position position;
    for (const auto& row : session.run(sql::position)) {
        position.epoch = text_of(row[2]);
        const std::int64_t seq = integer_of(row[1]);
        if (seq > 0) position.seqs[lane_of(row[0])] = seq;
    }
    return position;
}

wire::Position Reader::position() {
    Session session(*connection_, Mode::autocommit);
    return position_of(session);
}

}  // namespace itn::storage
