#include "workers/notifier/outbox.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace itn::workers::notifier {
namespace {

Frame frame(const std::string& text) {
    return std::make_shared<const std::string>(text);
}

std::string gathered(const Outbox& outbox, std::size_t most) {
    std::array<std::string_view, 8> pieces;
    std::string all;
    const std::size_t count = outbox.gather(std::span(pieces).first(most));
    for (std::size_t i = 0; i < count; ++i)
        all += pieces[i];
    return all;
}

TEST(Outbox, SendsInOrderWhateverThePieces) {
    std::mt19937 random(7);
    Outbox outbox;
    std::string in;
    std::string out;
    for (int turn = 0; turn < 2'000; ++turn) {
        const std::string text(1 + random() % 9, static_cast<char>('a' + turn % 26));
        in += text;
        outbox.push(frame(text));
        if (random() % 3 == 0) continue;
        const std::string offered = gathered(outbox, 1 + random() % 8);
        const std::size_t sent = random() % (offered.size() + 1);
        out += offered.substr(0, sent);
        outbox.consume(sent);
        ASSERT_EQ(outbox.bytes(), in.size() - out.size());
    }
    while (!outbox.empty()) {
        const std::string offered = gathered(outbox, 8);
        out += offered;
        outbox.consume(offered.size());
    }
    EXPECT_EQ(out, in);
    EXPECT_EQ(outbox.bytes(), 0u);
}

TEST(Outbox, DroppingKeepsFramesWhole) {
    Outbox outbox;
    for (const char* text : {"one", "two", "three"})
        outbox.push(frame(text));
    outbox.consume(1);
    outbox.drop_after(0);
    EXPECT_EQ(gathered(outbox, 8), "ne");
    EXPECT_EQ(outbox.bytes(), 2u);
    outbox.push(frame("x"));
    outbox.push(frame("y"));
    outbox.drop_after(2);
    EXPECT_EQ(gathered(outbox, 8), "nex");
    outbox.consume(3);
    outbox.push(frame("z"));
    outbox.drop_after(0);
    EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, SupersededFramesGoOldestFirst) {
    const auto subject = [](const char* text) { return std::make_shared<const std::string>(text); };
    Outbox outbox;
    outbox.push(frame("a1"), subject("a"));
    outbox.push(frame("b1"), subject("b"));
    outbox.push(frame("a2"), subject("a"));
    outbox.push(frame("x1"));
    outbox.push(frame("x2"));
    outbox.push(frame("a3"), subject("a"));
    outbox.push(frame("c1"), subject("c"));
    outbox.drop_superseded(1, nullptr);
    EXPECT_EQ(gathered(outbox, 8), "a1b1x1x2a3c1") << "the first is kept, whatever came later";
    EXPECT_EQ(outbox.bytes(), 12u);
    outbox.consume(1);
    outbox.drop_superseded(0, subject("c"));
    EXPECT_EQ(gathered(outbox, 8), "1b1x1x2a3") << "what was begun stays whole";
    outbox.consume(1);
    outbox.drop_superseded(0, nullptr);
    EXPECT_EQ(gathered(outbox, 8), "b1x1x2a3");
    EXPECT_EQ(outbox.bytes(), 8u);
}

}  // namespace
}  // namespace itn::workers::notifier
