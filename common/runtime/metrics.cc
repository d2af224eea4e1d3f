#include "common/runtime/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::runtime {

struct Metrics::Series {
    Counter counter;
    Gauge gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
};

struct Metrics::Family {
    std::string help;
    std::string kind;
    /// By rendered labels, without braces.
    std::map<std::string, std::unique_ptr<Series>> series;
};

namespace {

std::string number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value)) return "NaN";
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string escaped(std::string_view text, bool also_quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || (also_quotes && c == '"')) out += '\\';
        out += c;
    }
    return out;
}

std::string rendered(const Labels& labels) {
    std::string out;
    for (const auto& [key, value] : labels) {
        if (!out.empty()) out += ',';
        out += key + "=\"" + escaped(value, true) + "\"";
    }
    return out;
}

void append_sample(std::string& out, const std::string& name, const std::string& labels,
                   const std::string& value) {
    out += name;
    if (!labels.empty()) out += "{" + labels + "}";
    out += " " + value + "\n";
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const Histogram& histogram) {
    const auto prefix = labels.empty() ? labels : labels + ",";
    const auto& bounds = histogram.bounds();
    for (std::size_t i = 0; i < bounds.size(); ++i)
        append_sample(out, name + "_bucket", prefix + "le=\"" + number(bounds[i]) + "\"",
                      std::to_string(histogram.cumulative(i)));
    const auto all = std::to_string(histogram.cumulative(bounds.size()));
    append_sample(out, name + "_bucket", prefix + "le=\"+Inf\"", all);
    append_sample(out, name + "_sum", labels, number(histogram.sum()));
    append_sample(out, name + "_count", labels, all);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
    ENSURE(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::cumulative(std::size_t i) const {
    std::uint64_t total = 0;
    for (std::size_t bucket = 0; bucket <= i; ++bucket)
        total += counts_[bucket].load(std::memory_order_relaxed);
    return total;
}

std::vector<double> latency_buckets() {
    return {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
}

std::vector<double> size_buckets() {
    return {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
}

Metrics::Metrics() = default;
Metrics::~Metrics() = default;

Metrics::Series& Metrics::series(const std::string& name, const std::string& help, const char* kind,
                                 const Labels& labels) {
    auto& family = families_[name];
    if (family.kind.empty()) {
        family.kind = kind;
        family.help = help;
    }
    ENSURE(family.kind == kind);
    auto& slot = family.series[rendered(labels)];
    if (slot == nullptr) {
        ENSURE(++series_count_ <= limits::max_series);
        slot = std::make_unique<Series>();
    }
    return *slot;
}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    return series(name, help, "counter", labels).counter;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    return series(name, help, "gauge", labels).gauge;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const Labels& labels, std::vector<double> bounds) {
    const std::lock_guard lock(mutex_);
    auto& found = series(name, help, "histogram", labels);
    if (found.histogram == nullptr)
        found.histogram = std::make_unique<Histogram>(std::move(bounds));
    return *found.histogram;
}

void Metrics::counter_from(const std::string& name, const std::string& help,
                           std::function<double()> read, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    series(name, help, "counter", labels).read = std::move(read);
}

void Metrics::gauge_from(const std::string& name, const std::string& help,
                         std::function<double()> read, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    series(name, help, "gauge", labels).read = std::move(read);
}

std::string Metrics::render() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
        out += "# HELP " + name + " " + escaped(family.help, false) + "\n";
        out += "# TYPE " + name + " " + family.kind + "\n";
        for (const auto& [labels, one] : family.series) {
            if (one->histogram != nullptr)
                append_histogram(out, name, labels, *one->histogram);
            else if (one->read)
                append_sample(out, name, labels, number(one->read()));
            else if (family.kind == "counter")
                append_sample(out, name, labels, std::to_string(one->counter.value()));
            else
                append_sample(out, name, labels, number(one->gauge.value()));
        }
    }
    return out;
}

}  // namespace itn::runtime
