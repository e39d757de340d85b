// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "gate/config/keys.hpp"

namespace modelgate {

/// The parts of the one table of keys; all_keys() joins them in this order.
std::span<const Key> gate_keys();
std::span<const Key> terms_keys();
std::span<const Key> data_keys();
std::span<const Key> check_keys();

}  // namespace modelgate
