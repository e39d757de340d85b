// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "gate/core/check_spec.hpp"

namespace modelgate {

/// Fixed notation in the classic locale, never an exponent; trailing zeros kept; "undefined" for NaN and infinity.
std::string fixed_text(double value, int decimals);

/// A metric's value for people: rates with 4 decimals, seconds as ms, bytes as B to GiB, others with about 4 digits.
std::string value_text(double value, Unit unit);

/// A difference with its sign: "+0.0123", "-4.100 ms".
std::string difference_text(double value, Unit unit);

/// A count with thousands separators: "3,200".
std::string count_text(std::size_t count);

}  // namespace modelgate
