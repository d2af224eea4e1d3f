// itnctl trade submit, get, list, cancel, collect, watch

#include "tools/ctl/trade.h"

#include "tools/ctl/arguments.h"
#include "tools/ctl/nouns.h"
#include "tools/ctl/submission.h"

namespace itn::ctl {

namespace {

struct Wish {
    std::string type = "buy";
    std::string seller{}, buyer{}, destination{};
    std::vector<std::string> items{};
    std::string file{};
    Submission submission{};
};

struct Filter {
    std::string status{}, station{}, product{}, from{}, to{};
    std::optional<std::int64_t> limit{};
};

struct Change {
    std::string id{};
    std::string reason{};
    std::optional<std::int64_t> version{};
    Submission submission{};
};

std::string path_of(const std::string& id) {
    return "/api/trades/" + tools::escaped(id);
}

int submit_trade(Desk& desk, const Wish& wish) {
    const bool is_single = !wish.seller.empty() && !wish.buyer.empty() && !wish.items.empty();
    if (!wish.file.empty()) return submit_file(desk, wish.file, wish.submission.key);
    if (!is_single)
        throw Trouble(Exit::usage, "a trade needs --seller, --buyer and --item, or --file");
    json body = {{"tradeType", wish.type},
                 {"seller", wish.seller},
                 {"buyer", wish.buyer},
                 {"items", read_goods(wish.items)}};
    if (!wish.destination.empty()) body["destination"] = wish.destination;
    return submit(desk, "POST", "/api/trades", body, wish.submission, trade_fields());
}

int get(Desk& desk, const std::string& id, bool history) {
    if (!history) {
        desk.print(desk.get(path_of(id)), trade_fields());
        return 0;
    }
    desk.print_list(desk.get(path_of(id) + "/history"), {{"AT", "/at"},
                                                         {"EVENT", "/kind"},
                                                         {"VERSION", "/version", true},
                                                         {"CAUSED BY", "/causedBy"}});
    return 0;
}

int list(Desk& desk, const Filter& filter) {
    const std::string query = query_of({{"status", filter.status},
                                        {"station", filter.station},
                                        {"product", filter.product},
                                        {"from", filter.from},
                                        {"to", filter.to}});
    desk.print_list(desk.list("/api/trades", query, rows_wanted(filter.limit)),
                    {{"TRADE", "/transactionId"},
                     {"STATUS", "/status"},
                     {"TYPE", "/tradeType"},
                     {"SELLER", "/seller"},
                     {"BUYER", "/buyer"},
                     {"GOODS", "/items"},
                     {"TOTAL", "/total", true},
                     {"UPDATED", "/updatedAt"}});
    return 0;
}

int change(Desk& desk, const Change& change, const std::string& status) {
    json body = {{"status", status}};
    if (!change.reason.empty()) body["reason"] = change.reason;
    if (change.version) body["expectedVersion"] = *change.version;
    return submit(desk, "PUT", path_of(change.id) + "/status", body, change.submission,
                  trade_fields());
}

void add_submit(Noun& trade) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = trade.verb("submit", "Places a trade, or all of a file.");
    verb.text("--type", wish->type, "Who asks.").choices({"buy", "sell"});
    verb.text("--seller", wish->seller, "The station that gives.");
    verb.text("--buyer", wish->buyer, "The station that gets.");
    verb.list("--item", wish->items, "PRODUCT=QUANTITY; repeatable.");
    verb.text("--destination", wish->destination, "Where to; with the seller the buyer collects.");
    verb.text("--file", wish->file, "NDJSON, a trade a line; - is stdin.");
    add_submission_options(verb, wish->submission);
    verb.runs([wish](Desk& desk) { return submit_trade(desk, *wish); });
}

void add_reads(Noun& trade) {
    const auto id = std::make_shared<std::string>();
    const auto history = std::make_shared<bool>(false);
    trade.verb("get", "Shows a trade.")
        .word("trade", *id, "Its id.")
        .flag("--history", *history, "Its events instead.")
        .runs([id, history](Desk& desk) { return get(desk, *id, *history); });
    const auto filter = std::make_shared<Filter>();
    Verb verb = trade.verb("list", "Shows trades, the newest first.");
    verb.text("--status", filter->status, "Only of this status.")
        .choices({"confirmed", "in_transit", "completed", "cancelled", "failed", "rejected"});
    verb.text("--station", filter->station, "Only of this seller or buyer.");
    verb.text("--product", filter->product, "Only with this product.");
    verb.text("--from", filter->from, "Only from this time on, RFC 3339.");
    verb.text("--to", filter->to, "Only before this time.");
    verb.number("--limit", filter->limit, "At most so many; 0 for all (50).");
    verb.runs([filter](Desk& desk) { return list(desk, *filter); });
}

void add_changes(Noun& trade) {
    for (const bool cancels : {true, false}) {
        const auto given = std::make_shared<Change>();
        Verb verb = trade.verb(
            cancels ? "cancel" : "collect",
            cancels ? "Cancels a confirmed trade." : "Completes a trade that the buyer collects.");
        verb.word("trade", given->id, "Its id.");
        if (cancels) verb.text("--reason", given->reason, "Why.");
        verb.number("--version", given->version, "Only when it is of this version.");
        add_submission_options(verb, given->submission);
        const std::string status = cancels ? "cancelled" : "completed";
        verb.runs([given, status](Desk& desk) { return change(desk, *given, status); });
    }
}

}  // namespace

const std::vector<Column>& trade_fields() {
    static const std::vector<Column> fields = {
        {"trade", "/transactionId"},     {"status", "/status"},    {"reason", "/reason"},
        {"type", "/tradeType"},          {"seller", "/seller"},    {"buyer", "/buyer"},
        {"destination", "/destination"}, {"goods", "/items"},      {"total", "/total"},
        {"shipment", "/shipmentId"},     {"by", "/requestedBy"},   {"version", "/version"},
        {"created", "/createdAt"},       {"updated", "/updatedAt"}};
    return fields;
}

bool is_final_trade(const std::string& status) {
    return status != "confirmed" && status != "in_transit";
}

void add_trade(Tree& tree) {
    Noun trade = tree.noun("trade", "Goods change hands.");
    add_submit(trade);
    add_reads(trade);
    add_changes(trade);
    const auto watch = std::make_shared<Watch>();
    trade.verb("watch", "Follows one trade to its end, or all of them.")
        .word_if("trade", watch->trade, "Its id.")
        .text("--since", watch->since, "From this position on.")
        .runs([watch](Desk& desk) { return watch_trades(desk, *watch); });
}

}  // namespace itn::ctl
