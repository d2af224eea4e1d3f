#include "common/storage/partner_mark.h"

#include "common/storage/array_text.h"
#include "common/storage/postgres.h"
#include "common/storage/rows.h"
#include "common/storage/statements_feed.h"

namespace itn::storage {

namespace sql = statements;

PartnerMark::PartnerMark(std::string url, std::string application)
    : connection_(
          std::make_unique<Connection>(std::move(url), std::move(application), Purpose::reading)) {}

PartnerMark::~PartnerMark() = default;

Held PartnerMark::hold() {
    Session session(*connection_, Mode::autocommit);
    const std::string held = text_of(session.run(sql::hold_partner_feed)[0][0]);
    if (held == "still") return Held::still;
    return held == "anew" ? Held::anew : Held::no;
}

wire::Position PartnerMark::position() {
    Session session(*connection_, Mode::autocommit);
    wire::Position position;
    for (const auto& row : session.run(sql::partner_mark)) {
        position.epoch = text_of(row[0]);
        if (!row[1].is_null()) position.seqs[lane_of(row[1])] = integer_of(row[2]);
    }
    return position;
}

void PartnerMark::move(const wire::Position& to) {
    ArrayText lanes, seqs;
    for (const auto& [lane, seq] : to.seqs) {
        lanes.add(lane.text());
        seqs.add(seq);
    }
    Session session(*connection_, Mode::autocommit);
    session.run(sql::move_partner_mark, {std::move(lanes).take(), std::move(seqs).take()});
}

void PartnerMark::forget() {
    Session session(*connection_, Mode::autocommit);
    session.run(sql::forget_partner_mark);
}

}  // namespace itn::storage
