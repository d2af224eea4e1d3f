#include <sstream>

#include "tests/common/domain/galaxy.h"

namespace itn::domain::test {
namespace {

template <class Item>
void write_lines(std::ostream& out, const std::vector<Item>& lines) {
    for (const Item& line : lines)
        out << " " << line.product << "*" << line.quantity;
}

void write(std::ostream& out, const Trade& trade) {
    out << trade.id << " " << name(trade.status) << " v" << trade.version << " " << trade.seller
        << ">" << trade.buyer;
    if (trade.destination != trade.buyer) out << "@" << trade.destination;
    write_lines(out, trade.lines);
    out << " =" << trade.total;
    if (!trade.reason.empty()) out << " (" << trade.reason << ")";
    if (trade.shipment) out << " in " << *trade.shipment;
}

void write(std::ostream& out, const Cargo& cargo) {
    out << cargo.id << " " << name(cargo.status) << " v" << cargo.version << " " << cargo.origin
        << ">" << cargo.destination << " loaded " << cargo.loaded << " in " << cargo.trade_count;
    if (!cargo.location.empty()) out << " at " << cargo.location;
}

void write(std::ostream& out, const Manifest& manifest) {
    out << " [";
    write_lines(out, manifest.own);
    for (const TransactionId& trade : manifest.trades)
        out << " " << trade;
    out << " ]";
}

void write(std::ostream& out, const Stock& stock) {
    out << domain::text_of(stock.key) << " " << stock.on_hand << "/" << stock.reserved << " v"
        << stock.version;
}

struct Writer {
    std::ostream& out;
    void operator()(const TradeChanged& changed) const { write(out, changed.after); }
    void operator()(const CargoChanged& changed) const {
        write(out, changed.after);
        if (changed.trade) out << " " << *changed.trade;
        if (changed.manifest != Manifest{}) write(out, changed.manifest);
    }
    void operator()(const StockChanged& changed) const {
        write(out, changed.after);
        out << " (" << changed.on_hand_delta << "/" << changed.reserved_delta << ") "
            << name(changed.reason);
        if (!changed.cause.empty()) out << " " << changed.cause;
    }
    void operator()(const Critical& critical) const {
        out << name(critical.kind) << " " << critical.about << ": " << critical.message << " @";
        for (const StationId& station : critical.stations)
            out << " " << station;
    }
};

}  // namespace

std::string text_of(const Fact& fact) {
    std::ostringstream out;
    out << name(fact.event.kind) << " ";
    std::visit(Writer{out}, fact.event.body);
    for (const Move& move : fact.moves) {
        out << " | " << move.from << " -> " << move.to << " " << move.product << "*"
            << move.quantity;
    }
    out << "\n";
    return out.str();
}

std::string text_of(const Decision& decision) {
    std::string text;
    if (decision.rejection) {
        text = std::string(name(*decision.rejection)) + ": " + decision.detail + "\n";
    }
    for (const Fact& fact : decision.facts)
        text += text_of(fact);
    return text;
}

std::string text_of(const World& world) {
    std::ostringstream out;
    world.trades.each([&](const TransactionId&, const Trade& trade) {
        out << "trade ";
        write(out, trade);
        out << "\n";
    });
    world.shipments.each([&](const ShipmentId&, const Shipment& shipment) {
        out << "cargo ";
        write(out, shipment.cargo);
        write(out, shipment.manifest);
        out << "\n";
    });
    world.stocks.each([&](const StockKey&, const Stock& stock) {
        out << "stock ";
        write(out, stock);
        out << "\n";
    });
    return out.str();
}

}  // namespace itn::domain::test
