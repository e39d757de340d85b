// SPDX-License-Identifier: Apache-2.0
#include "gate/data/inputs.hpp"

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "gate/data/csv_cells.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/texts.hpp"

namespace modelgate {
namespace {

bool is_list(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION)
    return is_list(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST ||
         type.id() == arrow::Type::FIXED_SIZE_LIST;
}

Result<void> check_null_policy(const BoundInput& input) {
  const auto& spec = input.spec;
  const auto& column = input.columns.front().name;
  const bool floating = spec.dtype == DType::float32 || spec.dtype == DType::float64;
  if (spec.nulls.kind == NullPolicy::Kind::nan && !floating) {
    return data_error(
        fmt::format("The input with column {} is {}, which has no NaN; give it nulls: <number> or a float dtype.",
                    column, to_string(spec.dtype)));
  }
  if (spec.nulls.kind == NullPolicy::Kind::number && spec.dtype != DType::string &&
      !can_hold(spec.dtype, spec.nulls.number)) {
    return data_error(fmt::format("The input with column {}: nulls: {} is no value of {}.", column, spec.nulls.number,
                                  to_string(spec.dtype)));
  }
  return {};
}

std::unexpected<Error> wrong_type(const BoundInput& input, const BoundColumn& column) {
  const auto& type = *column.type;
  if (is_text(type) && input.format == DataFormat::csv) {
    if (const auto where = place_of_no_number(input.file, column.name)) {
      return data_error(fmt::format("{} is no number; an input of dtype {} needs one. Correct the cell.", *where,
                                    to_string(input.spec.dtype)));
    }
  }
  std::string advice = "Convert the column to numbers";
  if (is_text(type)) {
    advice =
        "Give the input a vocabulary: file (texts become codes) or dtype: string, or convert the column to numbers";
  } else if (arrow::is_decimal(type.id())) {
    advice = "Cast the column to float64 before writing the file";
  } else if (is_list(type)) {
    advice = "Give each list column an input of its own";
  }
  return data_error(fmt::format("{}, column {}: an input of dtype {} cannot be made of type {}. {}.", input.file,
                                column.name, to_string(input.spec.dtype), type_name(type), advice));
}

}  // namespace

Result<void> InputDecoder::begin(std::span<std::byte> buffer, std::size_t max_rows) {
  if (buffer.size() < max_rows * layout_.row_bytes) return internal_error("An input buffer is smaller than its rows.");
  buffer_ = buffer;
  return {};
}

void InputDecoder::set_layout(DType dtype, std::vector<std::int64_t> row_shape) {
  layout_.dtype = dtype;
  layout_.row_bytes = size_of(dtype) * static_cast<std::size_t>(product_of(row_shape));
  layout_.row_shape = std::move(row_shape);
}

InputResult make_input(const BoundInput& input) {
  if (auto refused = check_null_policy(input); !refused) return std::unexpected(refused.error());
  const auto& spec = input.spec;
  if (spec.kind == InputSpec::Kind::files) return make_file_input(input);
  if (spec.kind == InputSpec::Kind::mask_of) return make_mask_input(input);
  if (spec.dtype == DType::string) return make_text_input(input);
  if (!spec.vocabulary.empty()) return make_vocabulary_input(input);
  if (input.columns.size() == 1 && is_list(*input.columns.front().type)) return make_list_input(input);
  for (const auto& column : input.columns) {
    if (!is_number(*column.type)) return wrong_type(input, column);
  }
  return make_dense_input(input);
}

std::int64_t product_of(std::span<const std::int64_t> shape) {
  std::int64_t product = 1;
  for (const auto axis : shape) product *= axis;
  return product;
}

}  // namespace modelgate
