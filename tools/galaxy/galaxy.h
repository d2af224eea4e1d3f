#pragma once

// The demo galaxy in motion, through the REST API alone: it signs in, seeds stations, products and
// stock, and then lets a trickle of trades, departures and deliveries flow until it is told to
// stop. Seeding again changes nothing: what exists stays, and stock is added under fixed command
// ids.

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "tools/http/client.h"

namespace itn::tools {

class Galaxy final {
public:
    struct Account {
        std::string email{};
        std::string password{};
    };
    /// `pause` waits for the given time and returns false when it is time to stop. The account is
    /// an administrator's: it makes stations and products.
    Galaxy(const std::string& url, Account account,
           std::function<bool(std::chrono::milliseconds)> pause, std::uint64_t seed);

    /// Returns false when it was told to stop first; waits for an API that is not up yet. Throws
    /// std::runtime_error when the API refuses.
    bool seed();
    /// One step of the trickle: some trades, and shipments that move on.
    void step();

private:
    Response ask(const std::string& method, const std::string& path, const nlohmann::json& body,
                 const Client::Headers& headers = {});
    bool sign_in();
    bool create(const std::string& path, const nlohmann::json& body);
    bool stock_up();
    void trade();
    void move_cargo(const std::string& from, const std::string& to, double chance);
    bool by_chance(double chance);

    Client client_;
    Account account_;
    std::function<bool(std::chrono::milliseconds)> pause_;
    std::mt19937_64 random_;
};

}  // namespace itn::tools
