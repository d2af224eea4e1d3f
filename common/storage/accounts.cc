#include "common/storage/accounts.h"

#include "common/storage/postgres.h"

namespace itn::storage {

Accounts::Accounts(std::string url, std::string application, std::chrono::milliseconds statement)
    : own_(std::make_unique<Connection>(std::move(url), std::move(application), Purpose::reading,
                                        statement)),
      connection_(*own_) {}

Accounts::Accounts(Reader& reader) : connection_(*reader.connection_) {}

Accounts::~Accounts() = default;

}  // namespace itn::storage
