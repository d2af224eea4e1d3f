// itnctl inventory list, show, ledger, adjust

#include "tools/ctl/arguments.h"
#include "tools/ctl/nouns.h"
#include "tools/ctl/submission.h"

namespace itn::ctl {

namespace {

using Limit = std::optional<std::int64_t>;

struct Place {
    std::string station{}, product{};
    std::string as_of{};
    Limit limit{};
};

struct Adjustment {
    std::string station{}, product{}, delta{}, note{};
    std::string reason = "other";
    std::optional<std::int64_t> version{};
    Submission submission{};
};

const std::vector<Column>& stock_fields() {
    static const std::vector<Column> fields = {
        {"station", "/stationId"}, {"product", "/productId"},   {"on hand", "/onHand"},
        {"reserved", "/reserved"}, {"available", "/available"}, {"low below", "/lowBelow"},
        {"version", "/version"}};
    return fields;
}

std::vector<Column> stock_columns(bool with_station) {
    std::vector<Column> shape = {{"STATION", "/stationId"},         {"PRODUCT", "/productId"},
                                 {"ON HAND", "/onHand", true},      {"RESERVED", "/reserved", true},
                                 {"AVAILABLE", "/available", true}, {"VERSION", "/version", true}};
    if (!with_station) shape.erase(shape.begin());
    return shape;
}

std::string path_of(const Place& place) {
    const std::string station = "/api/inventory/" + tools::escaped(place.station);
    return place.product.empty() ? station : station + '/' + tools::escaped(place.product);
}

int list(Desk& desk, const Place& place) {
    const std::string query = query_of({{"station", place.station}});
    desk.print_list(desk.list("/api/inventory", query, rows_wanted(place.limit)),
                    stock_columns(true));
    return 0;
}

int show(Desk& desk, const Place& place) {
    if (!place.product.empty()) {
        desk.print(desk.get(path_of(place)), stock_fields());
    } else {
        desk.print_list(desk.list(path_of(place), "", rows_wanted(place.limit), "items"),
                        stock_columns(false), "items");
    }
    return 0;
}

int ledger(Desk& desk, const Place& place) {
    const std::string query = query_of({{"asOf", place.as_of}});
    desk.print_list(desk.list(path_of(place) + "/ledger", query, rows_wanted(place.limit)),
                    {{"AT", "/at"},
                     {"EVENT", "/kind"},
                     {"SUBJECT", "/subject"},
                     {"OTHER SIDE", "/counterpart"},
                     {"DELTA", "/delta", true},
                     {"BALANCE", "/balance", true}});
    return 0;
}

int adjust(Desk& desk, const Adjustment& wish) {
    json body = {{"productId", wish.product},
                 {"delta", read_number(wish.delta, "delta")},
                 {"reason", wish.reason}};
    if (!wish.note.empty()) body["note"] = wish.note;
    if (wish.version) body["expectedVersion"] = *wish.version;
    const std::string path = "/api/inventory/" + tools::escaped(wish.station) + "/adjustments";
    return submit(desk, "POST", path, body, wish.submission, stock_fields());
}

void add_adjust(Noun& inventory) {
    const auto wish = std::make_shared<Adjustment>();
    Verb verb = inventory.verb("adjust", "Adds to stock, or takes from it.");
    verb.word("station", wish->station, "Where.");
    verb.word("product", wish->product, "Of what.");
    verb.word("delta", wish->delta, "How much more, e.g. 500, or less, e.g. -20.");
    verb.text("--reason", wish->reason, "Why.")
        .choices({"restock", "consume", "count_correction", "damage", "other"});
    verb.text("--note", wish->note, "What people should know.");
    verb.number("--version", wish->version, "Only when the stock is of this version.");
    add_submission_options(verb, wish->submission);
    verb.runs([wish](Desk& desk) { return adjust(desk, *wish); });
}

}  // namespace

void add_inventory(Tree& tree) {
    Noun inventory = tree.noun("inventory", "Goods lie at stations.");
    const auto all = std::make_shared<Place>();
    inventory.verb("list", "Shows stock, of all stations or one.")
        .text("--station", all->station, "Only there.")
        .number("--limit", all->limit, "At most so many; 0 for all (50).")
        .runs([all](Desk& desk) { return list(desk, *all); });
    const auto one = std::make_shared<Place>();
    inventory.verb("show", "Shows a station's stock, or that of one product.")
        .word("station", one->station, "Where.")
        .word_if("product", one->product, "Of what.")
        .number("--limit", one->limit, "At most so many; 0 for all (50).")
        .runs([one](Desk& desk) { return show(desk, *one); });
    const auto moves = std::make_shared<Place>();
    inventory.verb("ledger", "Shows every move of a product's stock, with its cause.")
        .word("station", moves->station, "Where.")
        .word("product", moves->product, "Of what.")
        .text("--as-of", moves->as_of, "Up to this time, RFC 3339.")
        .number("--limit", moves->limit, "At most so many; 0 for all (50).")
        .runs([moves](Desk& desk) { return ledger(desk, *moves); });
    add_adjust(inventory);
}

}  // namespace itn::ctl
