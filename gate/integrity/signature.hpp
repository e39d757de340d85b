// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>

#include "gate/core/plan.hpp"

namespace modelgate {

/// Holds a detached OpenSSF model signature (a Sigstore bundle made with a plain key pair, ECDSA P-256) against the
/// SHA-256 of a model file's bytes; path: the model's, whose last part must be the name that was signed, or a file that
/// was signed by itself. Gives the fingerprint of the key (SHA-256 of its DER), or the sentences that say what is wrong
/// and what to do, not yet cleaned for a log. Says nothing of what the model does.
std::expected<std::string, std::string> verify_signature(const SignatureSpec& spec, const std::string& path,
                                                         const std::string& sha256);

}  // namespace modelgate
