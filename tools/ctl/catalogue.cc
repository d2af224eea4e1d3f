// itnctl station|product list, show, add, set, remove. Changes stand on the version that was read,
// so that nobody's change is lost: the one given, else the one there is now.

#include "tools/ctl/arguments.h"
#include "tools/ctl/desk.h"
#include "tools/ctl/nouns.h"

namespace itn::ctl {

namespace {

using Columns = std::vector<Column>;

/// What stations and products have in common.
struct Kind {
    std::string path{};
    std::string id_field{};
    Columns columns{};
    Columns fields{};
};

/// Options that change a thing; what was not given is left out.
struct Wish {
    std::string id{};
    std::string name{}, kind{}, place{};
    std::string description{}, category{}, brand{};
    std::optional<std::int64_t> price{}, volume{};
    std::vector<std::string> images{};
    std::optional<std::int64_t> version{};
};

json body_of(const Wish& wish) {
    json body = json::object();
    const auto add = [&](const char* field, const std::string& value) {
        if (!value.empty()) body[field] = value;
    };
    add("name", wish.name);
    add("kind", wish.kind);
    add("description", wish.description);
    add("category", wish.category);
    add("brand", wish.brand);
    if (!wish.place.empty()) body["position"] = read_place(wish.place);
    if (wish.price) body["unitPrice"] = *wish.price;
    if (wish.volume) body["unitVolume"] = *wish.volume;
    if (!wish.images.empty()) body["images"] = wish.images;
    return body;
}

std::string path_of(const Kind& kind, const std::string& id) {
    return kind.path + '/' + tools::escaped(id);
}

std::int64_t version_of(Desk& desk, const Kind& kind, const Wish& wish) {
    if (wish.version) return *wish.version;
    return desk.get(path_of(kind, wish.id)).value("version", std::int64_t(0));
}

int list(Desk& desk, const Kind& kind, std::size_t limit) {
    desk.print_list(desk.list(kind.path, "", limit), kind.columns);
    return 0;
}

int show(Desk& desk, const Kind& kind, const std::string& id) {
    desk.print(desk.get(path_of(kind, id)), kind.fields);
    return 0;
}

int add(Desk& desk, const Kind& kind, const Wish& wish) {
    json body = body_of(wish);
    body[kind.id_field] = wish.id;
    desk.print(desk.call("POST", kind.path, body).body, kind.fields);
    return 0;
}

int set(Desk& desk, const Kind& kind, const Wish& wish) {
    json body = body_of(wish);
    if (body.empty()) throw Trouble(Exit::usage, "nothing to set was given");
    body["version"] = version_of(desk, kind, wish);
    const auto answer =
        desk.ask_text("PATCH", path_of(kind, wish.id), body.dump(), "application/merge-patch+json");
    if (!answer.is_success()) throw trouble_of(answer);
    desk.print(answer.body, kind.fields);
    return 0;
}

int remove(Desk& desk, const Kind& kind, const Wish& wish) {
    const std::string tag = "\"v" + std::to_string(version_of(desk, kind, wish)) + '"';
    desk.call("DELETE", path_of(kind, wish.id), {}, {{"If-Match", tag}});
    desk.remark(wish.id + " is gone");
    return 0;
}

using AddOptions = void (*)(Verb&, Wish&, bool is_new);

void station_options(Verb& verb, Wish& wish, bool is_new) {
    verb.text("--name", wish.name, "What people call it.");
    if (is_new) verb.required();
    verb.text("--kind", wish.kind, "What it is.").choices({"planet", "space_station"});
    if (is_new) verb.required();
    verb.text("--position", wish.place, "X,Y,Z, e.g. --position=-27,413,81");
    if (is_new) verb.required();
}

void product_options(Verb& verb, Wish& wish, bool is_new) {
    verb.text("--name", wish.name, "What people call it.");
    if (is_new) verb.required();
    verb.number("--price", wish.price, "Of one unit, in minor units.");
    if (is_new) verb.required();
    verb.number("--volume", wish.volume, "Of one unit.");
    if (is_new) verb.required();
    verb.text("--description", wish.description, "What it is.");
    verb.text("--category", wish.category, "Where it belongs.");
    verb.text("--brand", wish.brand, "Who makes it.");
    verb.list("--image", wish.images, "Where a picture is; repeatable.");
}

using Run = int (*)(Desk&, const Kind&, const Wish&);

/// A verb about one thing: its id, the options, and the version when it is there already.
void add_change(Noun& noun, const Kind& kind, const std::string& name, const std::string& help,
                AddOptions options, Run run) {
    const auto wish = std::make_shared<Wish>();
    Verb verb = noun.verb(name, help);
    verb.word("id", wish->id, "Its id.");
    const bool is_new = name == "add";
    if (options != nullptr) options(verb, *wish, is_new);
    if (!is_new) verb.number("--version", wish->version, "Only when it is of this version.");
    verb.runs([wish, kind, run](Desk& desk) { return run(desk, kind, *wish); });
}

void add_kind(Noun noun, const Kind& kind, AddOptions options) {
    const auto limit = std::make_shared<std::optional<std::int64_t>>();
    noun.verb("list", "Shows all, or some.")
        .number("--limit", *limit, "At most so many; 0 for all.")
        .runs([limit, kind](Desk& desk) { return list(desk, kind, rows_wanted(*limit)); });
    const auto id = std::make_shared<std::string>();
    noun.verb("show", "Shows one.").word("id", *id, "Its id.").runs([id, kind](Desk& desk) {
        return show(desk, kind, *id);
    });
    add_change(noun, kind, "add", "Makes one; admins only.", options, add);
    add_change(noun, kind, "set", "Changes one; admins only.", options, set);
    add_change(noun, kind, "remove", "Takes one away; admins only.", nullptr, remove);
}

}  // namespace

void add_station(Tree& tree) {
    const Kind kind{.path = "/api/stations",
                    .id_field = "stationId",
                    .columns = {{"STATION", "/stationId"},
                                {"NAME", "/name"},
                                {"KIND", "/kind"},
                                {"X", "/position/x", true},
                                {"Y", "/position/y", true},
                                {"Z", "/position/z", true},
                                {"VERSION", "/version", true}},
                    .fields = {{"station", "/stationId"},
                               {"name", "/name"},
                               {"kind", "/kind"},
                               {"x", "/position/x"},
                               {"y", "/position/y"},
                               {"z", "/position/z"},
                               {"version", "/version"}}};
    add_kind(tree.noun("station", "Planets and space stations."), kind, station_options);
}

void add_product(Tree& tree) {
    const Kind kind{.path = "/api/products",
                    .id_field = "productId",
                    .columns = {{"PRODUCT", "/productId"},
                                {"NAME", "/name"},
                                {"CATEGORY", "/category"},
                                {"BRAND", "/brand"},
                                {"PRICE", "/unitPrice", true},
                                {"VOLUME", "/unitVolume", true},
                                {"VERSION", "/version", true}},
                    .fields = {{"product", "/productId"},
                               {"name", "/name"},
                               {"description", "/description"},
                               {"category", "/category"},
                               {"brand", "/brand"},
                               {"price", "/unitPrice"},
                               {"volume", "/unitVolume"},
                               {"images", "/images"},
                               {"version", "/version"}}};
    add_kind(tree.noun("product", "What is traded."), kind, product_options);
}

}  // namespace itn::ctl
