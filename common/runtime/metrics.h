#pragma once

// What the process counts, in the text exposition format of Prometheus. main owns one Metrics and
// passes it on; whoever counts asks for its series once and keeps the reference. Counting is
// lock-free. Names start with itn_, are in base units (_seconds, _bytes) and counters end in
// _total; label values come from enums and route tables, never from outside.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace itn::runtime {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Any thread.
class Counter final {
public:
    void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Any thread.
class Gauge final {
public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<double> value_{0};
};

/// Any thread. A scrape that meets an observation half-way may miss it in one of the two sums.
class Histogram final {
public:
    /// Upper bounds, ascending; +Inf is implied.
    explicit Histogram(std::vector<double> bounds);

    void observe(double value);
    void observe(std::chrono::nanoseconds took) {
        observe(std::chrono::duration<double>(took).count());
    }

    const std::vector<double>& bounds() const { return bounds_; }
    /// Observations at or below bounds()[i], and all of them for i = bounds().size().
    std::uint64_t cumulative(std::size_t i) const;
    double sum() const { return sum_.load(std::memory_order_relaxed); }

private:
    std::vector<double> bounds_;
    std::vector<std::atomic<std::uint64_t>> counts_;
    std::atomic<double> sum_{0};
};

/// From 0.5 ms to 10 s, for anything that somebody waits for.
std::vector<double> latency_buckets();
/// Powers of two from 1 to 1024, for batches.
std::vector<double> size_buckets();

class Metrics final {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// Each finds the series or makes it, on any thread; references live as long as the Metrics.
    /// One name has one kind and one help text.
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help,
                         const Labels& labels = {}, std::vector<double> bounds = latency_buckets());

    /// Read when somebody scrapes, on the thread that renders; must not wait.
    void counter_from(const std::string& name, const std::string& help,
                      std::function<double()> read, const Labels& labels = {});
    void gauge_from(const std::string& name, const std::string& help, std::function<double()> read,
                    const Labels& labels = {});

    /// The whole page, families by name. Content type: metrics_content_type.
    std::string render() const;

private:
    struct Family;
    struct Series;
    Series& series(const std::string& name, const std::string& help, const char* kind,
                   const Labels& labels);

    mutable std::mutex mutex_;
    std::map<std::string, Family> families_;
    std::size_t series_count_ = 0;
};

inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// process_* as every Prometheus client has them, and itn_build_info.
void add_process_metrics(Metrics& metrics);

}  // namespace itn::runtime
