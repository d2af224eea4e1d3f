#include "workers/notifier/event.h"

#include <algorithm>
#include <array>

#include "common/wire/scan.h"

namespace itn::workers::notifier {
namespace {

using wire::Scan;

/// An element while it is read.
struct Draft {
    Event event{};
    bool has_lane = false;
};

/// Takes one member's value into the event. False when the text breaks here.
bool take_member(Scan& scan, std::string_view key, Draft& draft) {
    Event& event = draft.event;
    const auto text_into = [&](std::string_view& target) {
        const auto text = scan.string();
        if (text) target = *text;
        return text.has_value();
    };
    const auto number_into = [&](std::int64_t& target) {
        const auto number = scan.integer();
        if (number) target = *number;
        return number.has_value();
    };
    if (key == "kind") return text_into(event.kind_text);
    if (key == "subject") return text_into(event.subject);
    if (key == "version") return number_into(event.version);
    if (key == "seq") return number_into(event.seq);
    if (key == "epoch") return text_into(event.epoch);
    if (key == "causedBy") return text_into(event.caused_by);
    if (key == "at") return text_into(event.at);
    if (key == "lane") {
        std::string_view text;
        if (!text_into(text)) return false;
        const auto lane = Lane::from(text);
        draft.has_lane = lane.has_value();
        event.lane = lane.value_or(Lane{});
        return true;
    }
    const auto value = scan.value();
    if (value && key == "body") event.body = *value;
    return value.has_value();
}

bool is_whole(const Draft& draft) {
    const Event& event = draft.event;
    return draft.has_lane && event.seq > 0 && !event.epoch.empty() && !event.body.empty() &&
           event.body.front() == '{';
}

/// One element, behind its opening brace. False when the text breaks here.
bool take_event(Scan& scan, Draft& draft) {
    if (scan.take('}')) return true;
    do {
        const auto key = scan.string();
        if (!key || !scan.take(':') || !take_member(scan, *key, draft)) return false;
    } while (scan.take(','));
    return scan.take('}');
}

}  // namespace

std::vector<Event> scan_events(std::shared_ptr<const std::string> text) {
    std::vector<Event> events;
    Scan scan(*text);
    if (!scan.take('[')) return events;
    do {
        Draft draft;
        if (!scan.take('{')) {
            if (!scan.value()) break;
            continue;
        }
        if (!take_event(scan, draft)) break;
        const auto kind = domain::event_kind_from(draft.event.kind_text);
        if (!kind || !is_whole(draft)) continue;
        draft.event.kind = *kind;
        draft.event.text = text;
        events.push_back(std::move(draft.event));
    } while (scan.take(','));
    return events;
}

Concerns concerns_of(const Event& event) {
    static constexpr std::array<std::string_view, 6> station_keys{
        "seller", "buyer", "origin", "destination", "stationId", "stations"};
    Concerns found;
    const auto keep = [](std::vector<std::string>& ids, std::string_view id) {
        if (std::ranges::find(ids, id) == ids.end()) ids.emplace_back(id);
    };
    wire::NamedStrings strings(event.body);
    while (const auto one = strings.next()) {
        if (std::ranges::find(station_keys, one->name) != station_keys.end())
            keep(found.stations, one->text);
        if (one->name == "productId" || one->name == "products") keep(found.products, one->text);
    }
    return found;
}

}  // namespace itn::workers::notifier
