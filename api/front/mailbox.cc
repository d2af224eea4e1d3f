#include "api/front/mailbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "common/base/ensure.h"

namespace itn::api::front {

Ticket::Mailbox::Mailbox() : bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (bell_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Ticket::Mailbox::~Mailbox() {
    ::close(bell_);
}

bool Ticket::Mailbox::post(Completion completion) {
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        posted_.push_back(std::move(completion));
        if (std::exchange(awake_, true)) return true;
    }
    ring();
    return true;
}

void Ticket::Mailbox::ring() {
    const std::uint64_t one = 1;
    // A full counter (EAGAIN) is a bell that rings already.
    ENSURE(::write(bell_, &one, sizeof one) == sizeof one || errno == EAGAIN);
}

void Ticket::Mailbox::wake(bool rung) {
    std::uint64_t rings = 0;
    if (rung) ENSURE(::read(bell_, &rings, sizeof rings) == sizeof rings || errno == EAGAIN);
    const std::lock_guard lock(mutex_);
    awake_ = true;
}

bool Ticket::Mailbox::take(std::vector<Completion>& out) {
    const std::lock_guard lock(mutex_);
    posted_.swap(out);
    return !out.empty();
}

bool Ticket::Mailbox::sleep() {
    const std::lock_guard lock(mutex_);
    awake_ = !posted_.empty();
    return !awake_;
}

void Ticket::Mailbox::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    posted_.clear();
}

Ticket::Ticket(std::shared_ptr<Mailbox> mailbox, std::uint64_t id)
    : mailbox_(std::move(mailbox)), id_(id) {}

Ticket::Ticket(Ticket&& other) noexcept : mailbox_(std::move(other.mailbox_)), id_(other.id_) {}

Ticket& Ticket::operator=(Ticket&& other) noexcept {
    Ticket old(std::move(*this));
    mailbox_ = std::move(other.mailbox_);
    id_ = other.id_;
    return *this;
}

Ticket::~Ticket() {
    if (mailbox_) mailbox_->post({.ticket = id_, .reply = std::nullopt});
}

bool Ticket::reply(Reply reply) {
    const auto mailbox = std::move(mailbox_);
    return mailbox && mailbox->post({.ticket = id_, .reply = std::move(reply)});
}

}  // namespace itn::api::front
