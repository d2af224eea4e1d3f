#include "common/runtime/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <thread>

#include "common/base/limits.h"

namespace itn::runtime {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Metrics, RendersFamiliesByNameAndSeriesByLabel) {
    Metrics metrics;
    metrics.counter("itn_trades_total", "Trades.", {{"result", "rejected"}}).add(2);
    metrics.counter("itn_trades_total", "Trades.", {{"result", "applied"}}).add();
    metrics.gauge("itn_backlog", "Waiting.").set(1.5);
    EXPECT_EQ(metrics.render(),
              "# HELP itn_backlog Waiting.\n"
              "# TYPE itn_backlog gauge\n"
              "itn_backlog 1.5\n"
              "# HELP itn_trades_total Trades.\n"
              "# TYPE itn_trades_total counter\n"
              "itn_trades_total{result=\"applied\"} 1\n"
              "itn_trades_total{result=\"rejected\"} 2\n");
}

TEST(Metrics, SameNameAndLabelsIsTheSameSeries) {
    Metrics metrics;
    metrics.counter("itn_x_total", "X.", {{"a", "1"}}).add();
    auto& again = metrics.counter("itn_x_total", "X.", {{"a", "1"}});
    EXPECT_EQ(again.value(), 1U);
    EXPECT_NE(&again, &metrics.counter("itn_x_total", "X.", {{"a", "2"}}));
}

TEST(MetricsDeathTest, OneNameHasOneKind) {
    Metrics metrics;
    metrics.counter("itn_x_total", "X.");
    EXPECT_DEATH(metrics.gauge("itn_x_total", "X."), "kind");
}

TEST(Metrics, EscapesLabelsAndHelp) {
    Metrics metrics;
    metrics.gauge("itn_x", "a\\b\nc", {{"l", "a\"b\\c\nd"}}).set(1);
    EXPECT_EQ(metrics.render(),
              "# HELP itn_x a\\\\b\\nc\n# TYPE itn_x gauge\n"
              "itn_x{l=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST(Metrics, HistogramCountsCumulatively) {
    Metrics metrics;
    auto& histogram = metrics.histogram("itn_wait_seconds", "Wait.", {{"door", "rest"}}, {0.1, 1});
    histogram.observe(100ms);
    histogram.observe(0.5);
    histogram.observe(3s);
    EXPECT_EQ(metrics.render(),
              "# HELP itn_wait_seconds Wait.\n"
              "# TYPE itn_wait_seconds histogram\n"
              "itn_wait_seconds_bucket{door=\"rest\",le=\"0.1\"} 1\n"
              "itn_wait_seconds_bucket{door=\"rest\",le=\"1\"} 2\n"
              "itn_wait_seconds_bucket{door=\"rest\",le=\"+Inf\"} 3\n"
              "itn_wait_seconds_sum{door=\"rest\"} 3.6\n"
              "itn_wait_seconds_count{door=\"rest\"} 3\n");
}

TEST(Metrics, ReadsCallbacksWhenScraped) {
    Metrics metrics;
    double depth = 1;
    metrics.gauge_from("itn_depth", "Depth.", [&depth] { return depth; });
    depth = 4;
    EXPECT_THAT(metrics.render(), HasSubstr("\nitn_depth 4\n"));
}

TEST(Metrics, CountsFromManyThreadsWhileScraped) {
    Metrics metrics;
    auto& counter = metrics.counter("itn_x_total", "X.");
    auto& histogram = metrics.histogram("itn_y_seconds", "Y.");
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 10'000; ++n) {
                    counter.add();
                    histogram.observe(1ms);
                    metrics.gauge("itn_z", "Z.").add(1);
                }
            });
        for (int n = 0; n < 20; ++n)
            EXPECT_THAT(metrics.render(), HasSubstr("itn_x_total"));
    }
    EXPECT_EQ(counter.value(), 30'000U);
    EXPECT_EQ(histogram.cumulative(histogram.bounds().size()), 30'000U);
    EXPECT_EQ(metrics.gauge("itn_z", "Z.").value(), 30'000);
}

TEST(MetricsDeathTest, SeriesAreBounded) {
    Metrics metrics;
    const auto make_too_many = [&] {
        for (std::size_t i = 0; i <= limits::max_series; ++i)
            metrics.counter("itn_x_total", "X.", {{"n", std::to_string(i)}});
    };
    EXPECT_DEATH(make_too_many(), "max_series");
}

double value_of(const std::string& page, const std::string& name) {
    const auto at = page.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? -1 : std::stod(page.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, TellOfThisProcess) {
    Metrics metrics;
    add_process_metrics(metrics);
    const auto page = metrics.render();
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_GT(value_of(page, "process_resident_memory_bytes"), 1'000'000);
    EXPECT_GE(value_of(page, "process_cpu_seconds_total"), 0);
    EXPECT_GE(value_of(page, "process_open_fds"), 3);
    EXPECT_NEAR(value_of(page, "process_start_time_seconds"), now, 600);
    EXPECT_THAT(page, HasSubstr("itn_build_info{version=\"0."));
}

TEST(Metrics, PromtoolFindsNothingToSay) {
    Metrics metrics;
    add_process_metrics(metrics);
    metrics.counter("itn_trades_total", "Trades by result.", {{"result", "a\"b"}}).add();
    metrics.histogram("itn_batch_commands", "Commands per batch.", {}, size_buckets()).observe(3);
    metrics.histogram("itn_wait_seconds", "Time waited.").observe(3ms);
    const auto path = testing::TempDir() + "itn-metrics-" + std::to_string(getpid());
    std::ofstream(path) << metrics.render();
    const auto command = "promtool check metrics < " + path + " 2>&1";
    std::string said;
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
        said += static_cast<char>(c);
    EXPECT_EQ(pclose(pipe), 0) << said;
    EXPECT_EQ(said, "");
    std::remove(path.c_str());
}

}  // namespace
}  // namespace itn::runtime
