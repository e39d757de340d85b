// SPDX-License-Identifier: Apache-2.0
#include "gate/data/numbers.hpp"

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

namespace modelgate {
namespace {

/// Calls use with a null pointer of the values' C++ type; booleans are bytes, float16 are floats by now.
template <class Use>
auto with_source_type(arrow::Type::type type, Use use) {
  switch (type) {
    case arrow::Type::INT8: return use(static_cast<const std::int8_t*>(nullptr));
    case arrow::Type::INT16: return use(static_cast<const std::int16_t*>(nullptr));
    case arrow::Type::INT32: return use(static_cast<const std::int32_t*>(nullptr));
    case arrow::Type::INT64: return use(static_cast<const std::int64_t*>(nullptr));
    case arrow::Type::UINT16: return use(static_cast<const std::uint16_t*>(nullptr));
    case arrow::Type::UINT32: return use(static_cast<const std::uint32_t*>(nullptr));
    case arrow::Type::UINT64: return use(static_cast<const std::uint64_t*>(nullptr));
    case arrow::Type::DOUBLE: return use(static_cast<const double*>(nullptr));
    case arrow::Type::FLOAT:
    case arrow::Type::HALF_FLOAT: return use(static_cast<const float*>(nullptr));
    default: return use(static_cast<const std::uint8_t*>(nullptr));
  }
}

template <class Use>
auto with_target_type(DType dtype, Use use) {
  switch (dtype) {
    case DType::float64: return use(static_cast<double*>(nullptr));
    case DType::int64: return use(static_cast<std::int64_t*>(nullptr));
    case DType::int32: return use(static_cast<std::int32_t*>(nullptr));
    case DType::uint8: return use(static_cast<std::uint8_t*>(nullptr));
    case DType::boolean: return use(static_cast<bool*>(nullptr));
    default: return use(static_cast<float*>(nullptr));
  }
}

template <class Value>
bool is_nan(Value value) {
  if constexpr (std::is_floating_point_v<Value>) return std::isnan(value);
  return false;
}

/// The first power of two beyond the integers of Target; exact in every floating type.
template <class Target, class Value>
constexpr Value end_of() {
  return static_cast<Value>(Target{1} << (std::numeric_limits<Target>::digits - 1)) * Value{2};
}

/// True when value, not NaN, becomes a Target without loss (floats may be rounded, never made infinite).
template <class Target, class Value>
bool fits(Value value) {
  if constexpr (std::is_same_v<Target, bool>) {
    return value == Value{0} || value == Value{1};
  } else if constexpr (std::is_floating_point_v<Target>) {
    if constexpr (sizeof(Target) >= sizeof(Value) || std::is_integral_v<Value>)
      return true;
    else
      return std::isinf(value) || std::abs(value) <= static_cast<Value>(std::numeric_limits<Target>::max());
  } else if constexpr (std::is_floating_point_v<Value>) {
    return value >= static_cast<Value>(std::numeric_limits<Target>::min()) && value < end_of<Target, Value>() &&
           value == std::trunc(value);
  } else {
    return std::in_range<Target>(value);
  }
}

template <class Target, class Value>
constexpr bool always_fits() {
  if constexpr (std::is_same_v<Target, bool>) return false;
  if constexpr (std::is_floating_point_v<Target>) return sizeof(Target) >= sizeof(Value) || std::is_integral_v<Value>;
  if constexpr (std::is_integral_v<Target> && !std::is_same_v<Target, bool> && std::is_integral_v<Value>) {
    return std::in_range<Target>(std::numeric_limits<Value>::min()) &&
           std::in_range<Target>(std::numeric_limits<Value>::max());
  }
  return false;
}

/// One pass without branches, so that it vectorises; values under null bits are junk and may be flagged falsely.
template <class Target, class Value>
bool may_have_flaw(const Value* values, std::int64_t count, bool nan_is_flaw) {
  unsigned flawed = 0;
  if (nan_is_flaw && std::is_floating_point_v<Value>) {
    for (std::int64_t i = 0; i < count; ++i) flawed |= static_cast<unsigned>(is_nan(values[i]));
  }
  if constexpr (!always_fits<Target, Value>()) {
    for (std::int64_t i = 0; i < count; ++i) flawed |= static_cast<unsigned>(!fits<Target>(values[i]));
  }
  return flawed != 0;
}

template <class Target, class Value>
std::optional<Flaw> find_flaw(const Numbers& numbers, const NullPolicy& nulls) {
  const auto* values = numbers.values<Value>();
  const bool strict = nulls.kind == NullPolicy::Kind::error;
  if (!numbers.has_nulls() && !may_have_flaw<Target>(values, numbers.size(), strict)) return std::nullopt;
  for (std::int64_t i = 0; i < numbers.size(); ++i) {
    if (numbers.is_null(i) || is_nan(values[i])) {
      if (strict) return Flaw{FlawKind::missing, i};
    } else if (!fits<Target>(values[i])) {
      bool fraction = false;
      if constexpr (std::is_floating_point_v<Value>) fraction = values[i] != std::trunc(values[i]);
      return Flaw{fraction && !std::is_floating_point_v<Target> ? FlawKind::fraction : FlawKind::range, i};
    }
  }
  return std::nullopt;
}

template <class Target, class Value>
void store_items(const Numbers& numbers, std::int64_t begin, std::int64_t count, const NullPolicy& nulls,
                 Target* target, std::size_t stride) {
  const auto* values = numbers.values<Value>() + begin;
  const bool replaces_nan = std::is_floating_point_v<Value> && nulls.kind == NullPolicy::Kind::number;
  if (!numbers.has_nulls() && !replaces_nan) {
    // int8 columns hold numbers, not characters.
    // NOLINTNEXTLINE(bugprone-signed-char-misuse)
    for (std::int64_t i = 0; i < count; ++i, target += stride) *target = static_cast<Target>(values[i]);
    return;
  }
  Target replacement{};
  if (nulls.kind == NullPolicy::Kind::number) replacement = static_cast<Target>(nulls.number);
  if constexpr (std::is_floating_point_v<Target>) {
    if (nulls.kind == NullPolicy::Kind::nan) replacement = std::numeric_limits<Target>::quiet_NaN();
  }
  for (std::int64_t i = 0; i < count; ++i, target += stride) {
    const bool missing = numbers.is_null(begin + i) || is_nan(values[i]);
    *target = missing ? replacement : static_cast<Target>(values[i]);
  }
}

}  // namespace

Numbers::Numbers(const arrow::Array& array, std::int64_t begin, std::int64_t count)
    : type_(array.type_id()), bit_offset_(array.offset() + begin), count_(count) {
  if (array.null_count() > 0) validity_ = array.null_bitmap_data();
  const auto& data = *array.data();
  if (count == 0) {
    validity_ = nullptr;
  } else if (type_ == arrow::Type::BOOL) {
    bytes_.resize(static_cast<std::size_t>(count));
    const auto* bits = data.buffers[1]->data();
    for (std::int64_t i = 0; i < count; ++i) {
      bytes_[static_cast<std::size_t>(i)] = arrow::bit_util::GetBit(bits, bit_offset_ + i) ? 1 : 0;
    }
    values_ = bytes_.data();
  } else if (type_ == arrow::Type::HALF_FLOAT) {
    const auto* halves = data.GetValues<std::uint16_t>(1) + begin;
    for (std::int64_t i = 0; i < count; ++i) floats_.push_back(arrow::util::Float16::FromBits(halves[i]).ToFloat());
    values_ = floats_.data();
  } else {
    with_source_type(type_, [&]<class T>(const T*) { values_ = data.GetValues<T>(1) + begin; });
  }
}

bool Numbers::is_null(std::int64_t i) const {
  return validity_ != nullptr && !arrow::bit_util::GetBit(validity_, bit_offset_ + i);
}

bool is_number(const arrow::DataType& type) {
  return type.id() == arrow::Type::BOOL || arrow::is_integer(type.id()) || arrow::is_floating(type.id());
}

bool is_float(const arrow::DataType& type) { return arrow::is_floating(type.id()); }

std::size_t size_of(DType dtype) {
  if (dtype == DType::string) return 0;
  return with_target_type(dtype, []<class T>(T*) { return sizeof(T); });
}

std::optional<Flaw> first_flaw(const Numbers& numbers, DType dtype, const NullPolicy& nulls) {
  return with_source_type(numbers.type(), [&]<class Value>(const Value*) {
    return with_target_type(dtype, [&]<class Target>(Target*) { return find_flaw<Target, Value>(numbers, nulls); });
  });
}

void store(const Numbers& numbers, std::int64_t begin, std::int64_t count, DType dtype, const NullPolicy& nulls,
           std::byte* target, std::size_t stride) {
  with_source_type(numbers.type(), [&]<class Value>(const Value*) {
    with_target_type(dtype, [&]<class Target>(Target*) {
      store_items<Target, Value>(numbers, begin, count, nulls, reinterpret_cast<Target*>(target), stride);
    });
  });
}

bool can_hold(DType dtype, double number) {
  return std::isfinite(number) && with_target_type(dtype, [&]<class T>(T*) { return fits<T>(number); });
}

void store_constant(double number, DType dtype, std::byte* target, std::size_t count) {
  with_target_type(dtype, [&]<class T>(T*) {
    auto* items = reinterpret_cast<T*>(target);
    for (std::size_t i = 0; i < count; ++i) items[i] = static_cast<T>(number);
  });
}

std::string describe(FlawKind flaw, DType dtype) {
  switch (flaw) {
    case FlawKind::missing:
      return "the value is null or NaN, and the input has no nulls: policy. Mend the row, or give the input nulls: nan "
             "or "
             "nulls: <number> if the model was trained so";
    case FlawKind::fraction:
      return fmt::format(
          "the value is not a whole number, but the input is {}. Mend the row, or declare dtype: float32",
          to_string(dtype));
    case FlawKind::range:
      return fmt::format("the value is out of the range of {}. Mend the row, or declare a wider dtype",
                         to_string(dtype));
  }
  return "";
}

}  // namespace modelgate
