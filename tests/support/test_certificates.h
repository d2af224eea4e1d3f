#pragma once

// A certificate authority of the test program's own, and certificates signed by it.

#include <string>

namespace itn::tests {

/// Writes into `directory`, in PEM: ca.pem, server.pem and server.key (for localhost, 127.0.0.1),
/// client.pem and client.key, and other_ca.pem, an authority that signed nothing.
void write_test_certificates(const std::string& directory);

}  // namespace itn::tests
