// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/check_result.hpp"
#include "gate/core/verdict.hpp"

namespace modelgate {

/// The sentence of a judged result: what is known, why it is not enough, what would decide.
std::string message_for(const CheckResult& result);

/// One sentence for the whole verdict, naming the worst result.
std::string headline_for(const Verdict& verdict);

}  // namespace modelgate
