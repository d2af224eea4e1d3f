// The laws under random histories. A failure prints the smallest history that breaks one, and the
// seed: set RC_PARAMS to what it says to see it again.

#include "tests/common/domain/laws.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "tests/common/domain/random_wishes.h"

namespace itn::domain {
namespace {

using namespace test;

rc::Gen<Step> any_step() {
    const auto byte = rc::gen::map(rc::gen::inRange(0, 256),
                                   [](int value) { return static_cast<std::uint8_t>(value); });
    return rc::gen::resize(100, rc::gen::container<Step>(byte));
}

std::vector<Step> any_steps() {
    return *rc::gen::scale(8.0, rc::gen::container<std::vector<Step>>(any_step()));
}

std::string transcript(const Story& story) {
    std::string text;
    for (const Command& command : story.told) {
        text += std::string(name(command.kind)) + " " + command.subject + " by " +
                command.principal.text() + "\n";
    }
    return text;
}

RC_GTEST_PROP(laws, hold_after_every_history, ()) {
    Story story = tell(any_steps());
    RC_LOG() << transcript(story);
    RC_ASSERT(story.refused_reaction == "");
    RC_ASSERT(broken_law(story.galaxy) == "");
    story.galaxy.settle();
    RC_ASSERT(broken_law(story.galaxy) == "");
}

RC_GTEST_PROP(laws, batches_decide_what_single_commands_would, ()) {
    const Story story = tell(any_steps());
    Galaxy one_by_one;
    one_by_one.context = story.galaxy.context;
    for (const Command& command : story.told)
        one_by_one.run(command);
    RC_ASSERT(text_of(one_by_one.world()) == text_of(story.galaxy.world()));
    RC_ASSERT(one_by_one.journal() == story.galaxy.journal());
}

RC_GTEST_PROP(laws, what_is_wanted_is_enough_for_one_command_after_another, ()) {
    Galaxy galaxy;
    for (const Step& step : any_steps()) {
        if (const auto command = wish_from(galaxy, step)) galaxy.run(*command);
    }
    RC_ASSERT(galaxy.misses() == 0);
}

/// Every kind with bodies that belong to others, from anybody, in a galaxy that has a history:
/// judge() gathers what is missing, and nothing else may be thrown.
RC_GTEST_PROP(laws, every_command_gets_a_decision, ()) {
    Galaxy galaxy = tell(any_steps()).galaxy;
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step())) {
        const auto wish = wish_from(galaxy, step);
        if (!wish) continue;
        Command command = *wish;
        command.kind = static_cast<CommandKind>(step[1] % 18);
        if (step[2] % 2 == 0) command.principal = system_principal;
        if (step[3] % 2 == 0)
            command.subject = galaxy.trade_ids().empty() ? "" : galaxy.trade_ids().front().text();
        const Decision decision = galaxy.judge(command);
        RC_ASSERT(decision.subject == command.subject);
        RC_ASSERT(!decision.rejection || decision.facts.size() <= 1);
        RC_ASSERT(decision.rejection.has_value() == !decision.detail.empty());
    }
}

TEST(laws, are_tried_by_histories_that_break_every_rule) {
    std::mt19937 random(1);  // always the same histories
    std::set<Rejection> seen;
    for (int history = 0; history < 200; ++history) {
        std::vector<Step> steps(400);
        for (Step& step : steps) {
            for (auto& byte : step)
                byte = static_cast<std::uint8_t>(random() % 256);
        }
        const Story story = tell(steps);
        ASSERT_EQ(broken_law(story.galaxy), "");
        seen.insert(story.rejections.begin(), story.rejections.end());
    }
    // A reused key is found before anything is decided; 64 trades aboard need their own test.
    seen.insert({Rejection::key_reuse, Rejection::shipment_full});
    for (int i = 0; i <= static_cast<int>(Rejection::not_loaded); ++i) {
        EXPECT_TRUE(seen.contains(static_cast<Rejection>(i))) << name(static_cast<Rejection>(i));
    }
}

}  // namespace
}  // namespace itn::domain
