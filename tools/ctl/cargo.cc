// itnctl cargo list, get, create, status

#include "tools/ctl/arguments.h"
#include "tools/ctl/nouns.h"
#include "tools/ctl/submission.h"

namespace itn::ctl {

namespace {

struct Filter {
    std::string status{}, station{};
    std::optional<std::int64_t> limit{};
};

struct Wish {
    std::string id{}, origin{}, destination{}, eta{};
    std::vector<std::string> items{};
    std::optional<std::int64_t> capacity{};
    Submission submission{};
};

struct Change {
    std::string id{}, status{}, location{}, eta{}, note{};
    std::optional<std::int64_t> version{};
    Submission submission{};
};

const std::vector<Column>& cargo_fields() {
    static const std::vector<Column> fields = {{"shipment", "/shipmentId"},
                                               {"status", "/status"},
                                               {"origin", "/origin"},
                                               {"destination", "/destination"},
                                               {"goods", "/items"},
                                               {"trades", "/tradeCount"},
                                               {"volume", "/volume"},
                                               {"capacity", "/capacity"},
                                               {"location", "/location"},
                                               {"note", "/note"},
                                               {"eta", "/eta"},
                                               {"departed", "/departedAt"},
                                               {"delivered", "/deliveredAt"},
                                               {"version", "/version"},
                                               {"updated", "/updatedAt"}};
    return fields;
}

std::string path_of(const std::string& id) {
    return "/api/cargo/" + tools::escaped(id);
}

int list(Desk& desk, const Filter& filter) {
    const std::string query = query_of({{"status", filter.status}, {"station", filter.station}});
    desk.print_list(desk.list("/api/cargo", query, rows_wanted(filter.limit)),
                    {{"SHIPMENT", "/shipmentId"},
                     {"STATUS", "/status"},
                     {"ORIGIN", "/origin"},
                     {"DESTINATION", "/destination"},
                     {"TRADES", "/tradeCount", true},
                     {"VOLUME", "/volume", true},
                     {"UPDATED", "/updatedAt"}});
    return 0;
}

int create(Desk& desk, const Wish& wish) {
    json body = {{"origin", wish.origin}, {"destination", wish.destination}};
    if (!wish.items.empty()) body["items"] = read_goods(wish.items);
    if (!wish.id.empty()) body["shipmentId"] = wish.id;
    if (!wish.eta.empty()) body["eta"] = wish.eta;
    if (wish.capacity) body["capacity"] = *wish.capacity;
    return submit(desk, "POST", "/api/cargo", body, wish.submission, cargo_fields());
}

int change(Desk& desk, const Change& change) {
    json body = json::object();
    const auto add = [&](const char* field, const std::string& value) {
        if (!value.empty()) body[field] = value;
    };
    add("status", change.status);
    add("location", change.location);
    add("eta", change.eta);
    add("note", change.note);
    if (body.empty()) throw Trouble(Exit::usage, "give a status, --location, --eta or --note");
    if (change.version) body["expectedVersion"] = *change.version;
    return submit(desk, "PUT", path_of(change.id) + "/status", body, change.submission,
                  cargo_fields());
}

void add_create(Noun& cargo) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = cargo.verb("create", "Opens a shipment, or moves goods of your own.");
    verb.text("--origin", wish->origin, "The station that sends.").required();
    verb.text("--destination", wish->destination, "The station that receives.").required();
    verb.list("--item", wish->items, "PRODUCT=QUANTITY of the origin's own; repeatable.");
    verb.text("--id", wish->id, "A name for it.");
    verb.number("--capacity", wish->capacity, "The volume that fits.");
    verb.text("--eta", wish->eta, "When it arrives, RFC 3339.");
    add_submission_options(verb, wish->submission);
    verb.runs([wish](Desk& desk) { return create(desk, *wish); });
}

void add_status(Noun& cargo) {
    const auto given = std::make_shared<Change>();
    Verb verb = cargo.verb("status", "Moves a shipment on, or says where it is.");
    verb.word("shipment", given->id, "Its id.");
    verb.word_if("status", given->status, "What it is from now on.")
        .choices({"in_transit", "delayed", "delivered", "lost", "cancelled"});
    verb.text("--location", given->location, "Where it is.");
    verb.text("--eta", given->eta, "When it arrives, RFC 3339.");
    verb.text("--note", given->note, "What people should know.");
    verb.number("--version", given->version, "Only when it is of this version.");
    add_submission_options(verb, given->submission);
    verb.runs([given](Desk& desk) { return change(desk, *given); });
}

}  // namespace

void add_cargo(Tree& tree) {
    Noun cargo = tree.noun("cargo", "Goods travel.");
    const auto filter = std::make_shared<Filter>();
    Verb verb = cargo.verb("list", "Shows shipments, the newest first.");
    verb.text("--status", filter->status, "Only of this status.")
        .choices({"pending", "in_transit", "delayed", "delivered", "lost", "cancelled"});
    verb.text("--station", filter->station, "Only from or to this station.");
    verb.number("--limit", filter->limit, "At most so many; 0 for all (50).");
    verb.runs([filter](Desk& desk) { return list(desk, *filter); });
    const auto id = std::make_shared<std::string>();
    cargo.verb("get", "Shows a shipment.").word("shipment", *id, "Its id.").runs([id](Desk& desk) {
        desk.print(desk.get(path_of(*id)), cargo_fields());
        return 0;
    });
    add_create(cargo);
    add_status(cargo);
}

}  // namespace itn::ctl
