// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gate/core/plan.hpp"

namespace modelgate {

/// A stretch of an Arrow array of numbers: raw values beside their validity bits.
class Numbers {
 public:
  /// The items [begin, begin + count) of an array for which is_number holds; booleans and float16 are unpacked.
  Numbers(const arrow::Array& array, std::int64_t begin, std::int64_t count);

  arrow::Type::type type() const { return type_; }
  std::int64_t size() const { return count_; }
  bool has_nulls() const { return validity_ != nullptr; }
  bool is_null(std::int64_t i) const;
  template <class T>
  const T* values() const {
    return static_cast<const T*>(values_);
  }

 private:
  arrow::Type::type type_;
  const void* values_ = nullptr;
  const std::uint8_t* validity_ = nullptr;  // null when no item of the stretch is null
  std::int64_t bit_offset_ = 0;
  std::int64_t count_ = 0;
  std::vector<std::uint8_t> bytes_;  // booleans unpacked
  std::vector<float> floats_;        // float16 widened
};

/// Integers of every width, float16/32/64, boolean.
bool is_number(const arrow::DataType& type);
bool is_float(const arrow::DataType& type);

/// Bytes of one item; 0 for string.
std::size_t size_of(DType dtype);
/// Why an item cannot be stored: null or NaN, a fraction or a value beyond what the dtype holds.
enum class FlawKind { missing, fraction, range };
struct Flaw {
  FlawKind kind = FlawKind::missing;
  std::int64_t index = 0;
};

/// The first item that dtype cannot take under the null policy, or nothing.
std::optional<Flaw> first_flaw(const Numbers& numbers, DType dtype, const NullPolicy& nulls);

/// Stores items [begin, begin + count) without flaws, as dtype, each stride items after the last.
void store(const Numbers& numbers, std::int64_t begin, std::int64_t count, DType dtype, const NullPolicy& nulls,
           std::byte* target, std::size_t stride);

/// True when the policy's number is a value of dtype.
bool can_hold(DType dtype, double number);

/// Stores one number as dtype.
void store_constant(double number, DType dtype, std::byte* target, std::size_t count);

/// What is wrong and what to do, without the value: "the value is not a whole number, but the input is int64; …".
std::string describe(FlawKind flaw, DType dtype);

}  // namespace modelgate
