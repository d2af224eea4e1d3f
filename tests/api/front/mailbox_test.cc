#include "api/front/mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>

namespace itn::api::front {
namespace {

bool rings(const Ticket::Mailbox& mailbox) {
    pollfd one{.fd = mailbox.bell(), .events = POLLIN, .revents = 0};
    return ::poll(&one, 1, 0) == 1;
}

TEST(Mailbox, RingsOnceForABurst) {
    Ticket::Mailbox mailbox;
    EXPECT_TRUE(mailbox.post({.ticket = 1, .reply = Reply{}}));
    EXPECT_TRUE(mailbox.post({.ticket = 2, .reply = Reply{}}));
    EXPECT_TRUE(rings(mailbox));
    mailbox.wake(true);
    EXPECT_FALSE(rings(mailbox));
    EXPECT_TRUE(mailbox.post({.ticket = 3, .reply = Reply{}}));
    EXPECT_FALSE(rings(mailbox)) << "the worker is awake";
    std::vector<Completion> taken;
    EXPECT_FALSE(mailbox.sleep()) << "something is left";
    EXPECT_TRUE(mailbox.take(taken));
    ASSERT_EQ(taken.size(), 3U);
    EXPECT_EQ(taken[2].ticket, 3U);
    EXPECT_TRUE(mailbox.sleep());
    EXPECT_TRUE(mailbox.post({.ticket = 4, .reply = Reply{}}));
    EXPECT_TRUE(rings(mailbox));
}

TEST(Ticket, AnswersExactlyOnce) {
    const auto mailbox = std::make_shared<Ticket::Mailbox>();
    std::vector<Completion> taken;
    {
        Ticket ticket(mailbox, 7);
        EXPECT_TRUE(ticket.pending());
        EXPECT_TRUE(ticket.reply({.status = 201, .body = {}, .content_type = {}, .headers = {}}));
        EXPECT_FALSE(ticket.pending());
        EXPECT_FALSE(ticket.reply({}));
    }
    ASSERT_TRUE(mailbox->take(taken));
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].reply->status, 201);
}

TEST(Ticket, DroppedOrOverwrittenSaysSo) {
    const auto mailbox = std::make_shared<Ticket::Mailbox>();
    {
        Ticket first(mailbox, 1);
        Ticket second(mailbox, 2);
        first = std::move(second);
        Ticket third(std::move(first));
        EXPECT_FALSE(first.pending());  // NOLINT(bugprone-use-after-move)
        EXPECT_TRUE(third.pending());
    }
    std::vector<Completion> taken;
    ASSERT_TRUE(mailbox->take(taken));
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[0].ticket, 1U);
    EXPECT_EQ(taken[1].ticket, 2U);
    EXPECT_FALSE(taken[0].reply || taken[1].reply);
}

TEST(Ticket, IsRefusedOnceTheWorkerIsGone) {
    const auto mailbox = std::make_shared<Ticket::Mailbox>();
    Ticket ticket(mailbox, 1);
    mailbox->close();
    EXPECT_FALSE(ticket.reply({}));
}

}  // namespace
}  // namespace itn::api::front
