// SPDX-License-Identifier: Apache-2.0
#include "gate/data/profile.hpp"

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "gate/core/exact_whole.hpp"
#include "gate/data/columns.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/table_source.hpp"
#include "gate/data/texts.hpp"
#include "gate/data/values.hpp"

namespace modelgate {
namespace {

constexpr std::size_t most_values = 64;

bool is_list(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST ||
         type.id() == arrow::Type::FIXED_SIZE_LIST;
}

ColumnKind kind_of(const arrow::DataType& type) {
  if (type.id() == arrow::Type::BOOL) return ColumnKind::boolean;
  if (is_text(type)) return ColumnKind::text;
  if (is_list(type)) return ColumnKind::list;
  if (!modelgate::is_number(type)) return ColumnKind::other;
  return is_float(type) ? ColumnKind::decimal : ColumnKind::whole;
}

/// Looks at one column, batch by batch.
class ColumnEye {
 public:
  explicit ColumnEye(std::string name) { profile_.name = std::move(name); }

  void look(const arrow::Array& array, bool empty_is_null) {
    profile_.kind = kind_of(*array.type());
    profile_.type = type_name(*array.type());
    profile_.rows += static_cast<std::size_t>(array.length());
    switch (profile_.kind) {
      case ColumnKind::whole:
      case ColumnKind::decimal: return look_at_numbers(array);
      case ColumnKind::boolean:
      case ColumnKind::text: return look_at_texts(array, empty_is_null);
      case ColumnKind::list: return look_at_lists(array);
      case ColumnKind::other: profile_.nulls += static_cast<std::size_t>(array.null_count());
    }
  }

  ColumnProfile finished() {
    profile_.distinct = seen_.size();
    profile_.whole_numbers = profile_.is_number() && whole_ && !seen_.empty();
    if (profile_.is_number() && !seen_.empty()) {
      profile_.low = low_;
      profile_.high = high_;
    }
    if (!too_many_) profile_.values.assign(values_.begin(), values_.end());
    if (!ragged_) profile_.list_length = list_length_.value_or(0);
    return profile_;
  }

 private:
  void look_at_numbers(const arrow::Array& array) {
    const Numbers numbers(array, 0, array.length());
    std::vector<double> values(static_cast<std::size_t>(array.length()));
    store(numbers, 0, array.length(), DType::float64, NullPolicy{.kind = NullPolicy::Kind::nan, .number = 0.0},
          reinterpret_cast<std::byte*>(values.data()), 1);
    for (const double value : values) {
      if (std::isnan(value)) {
        ++profile_.nulls;
        continue;
      }
      low_ = std::min(low_, value);
      high_ = std::max(high_, value);
      whole_ = whole_ && value == std::floor(value) && std::abs(value) <= largest_exact_whole;
      if (whole_)
        count(fmt::format("{:.0f}", value == 0.0 ? 0.0 : value));
      else
        too_many_ = true;
      seen_.insert(std::hash<double>{}(value));
    }
  }

  void look_at_texts(const arrow::Array& array, bool empty_is_null) {
    visit_as_text(array, 0, array.length(), [&](std::int64_t, std::optional<std::string_view> text) {
      if (!text || (empty_is_null && text->empty())) {
        ++profile_.nulls;
        return;
      }
      seen_.insert(std::hash<std::string_view>{}(*text));
      if (!too_many_) count(std::string(*text));
    });
  }

  void look_at_lists(const arrow::Array& array) {
    profile_.nulls += static_cast<std::size_t>(array.null_count());
    const auto measure = [&](std::int64_t length) {
      if (list_length_ && *list_length_ != static_cast<std::size_t>(length)) ragged_ = true;
      list_length_ = static_cast<std::size_t>(length);
    };
    for (std::int64_t i = 0; i < array.length(); ++i) {
      if (array.IsNull(i)) continue;
      if (array.type_id() == arrow::Type::FIXED_SIZE_LIST)
        measure(static_cast<const arrow::FixedSizeListArray&>(array).value_length(i));
      else if (array.type_id() == arrow::Type::LIST)
        measure(static_cast<const arrow::ListArray&>(array).value_length(i));
      else
        measure(static_cast<const arrow::LargeListArray&>(array).value_length(i));
    }
  }

  void count(std::string text) {
    if (too_many_) return;
    ++values_[std::move(text)];
    if (values_.size() <= most_values) return;
    values_.clear();
    too_many_ = true;
  }

  ColumnProfile profile_;
  std::unordered_set<std::size_t> seen_;  // hashes of the values
  std::map<std::string, std::size_t> values_;
  bool too_many_ = false;
  bool whole_ = true;
  bool ragged_ = false;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
  std::optional<std::size_t> list_length_;
};

std::vector<std::string> own_names(const arrow::Schema& schema) {
  std::vector<std::string> names = column_names(schema);
  const std::vector<std::string> all = names;
  std::erase_if(names, [&](const std::string& name) { return std::ranges::count(all, name) > 1; });
  return names;
}

std::vector<ColumnNeed> needs_of(const arrow::Schema& schema, const std::vector<std::string>& names) {
  std::vector<ColumnNeed> needs;
  for (const std::string& name : names) {
    const auto type = schema.GetFieldByName(name)->type();
    const bool number = modelgate::is_number(*type) || type->id() == arrow::Type::NA;
    ColumnNeed need;
    need.name = name;
    need.as_decimal = number;
    need.as_integer = number;  // CSV: keep the type that the first rows show
    need.as_text = !number;
    need.few_values = !number;
    needs.push_back(std::move(need));
  }
  return needs;
}

/// Looks at the rows of one file until there are enough; what the file cannot give later is for a run to say.
Result<void> look_at(TableSource& source, const std::vector<std::string>& names, std::vector<ColumnEye>& eyes,
                     TableProfile& profile) {
  const auto types = source.select(needs_of(source.schema(), names));
  if (!types) return std::unexpected(types.error());
  while (profile.rows < most_profiled_rows) {
    const auto batch = source.next();
    if (!batch && profile.rows == 0) return std::unexpected(batch.error());
    if (!batch || !*batch) return {};
    for (std::size_t i = 0; i < eyes.size(); ++i)
      eyes[i].look(*(*batch)->column(static_cast<int>(i)), profile.format == DataFormat::csv);
    profile.rows += static_cast<std::size_t>((*batch)->num_rows());
  }
  return {};
}

}  // namespace

std::size_t ColumnProfile::rows_of(std::string_view value) const {
  const auto found = std::ranges::find(values, value, &std::pair<std::string, std::size_t>::first);
  return found == values.end() ? 0 : found->second;
}

const ColumnProfile* TableProfile::find(std::string_view name) const {
  const auto found = std::ranges::find(columns, name, &ColumnProfile::name);
  return found == columns.end() ? nullptr : &*found;
}

Result<TableProfile> profile_table(std::string_view what, const std::string& path, const std::string& written,
                                   std::span<const DataFormat> allowed) {
  auto files = find_data_files(what, path, written, allowed);
  if (!files) return std::unexpected(files.error());
  TableProfile profile;
  profile.written = written;
  profile.format = files->format;
  profile.files = files->paths;
  const auto first = TableSource::open(files->paths.front(), files->format);
  if (!first) return std::unexpected(first.error());
  const std::vector<std::string> names = own_names((*first)->schema());
  std::vector<ColumnEye> eyes;
  eyes.reserve(names.size());
  for (const std::string& name : names) eyes.emplace_back(name);
  if (const auto looked = look_at(**first, names, eyes, profile); !looked) return std::unexpected(looked.error());
  if (files->paths.size() == 1) profile.all_rows = (*first)->rows();
  if (profile.format == DataFormat::csv && files->paths.size() == 1 && profile.rows < most_profiled_rows)
    profile.all_rows = profile.rows;
  if (profile.rows == 0) return data_error(fmt::format("{} {} has no rows.", what, written));
  for (ColumnEye& eye : eyes) profile.columns.push_back(eye.finished());
  return profile;
}

std::optional<std::vector<std::pair<std::string, std::int64_t>>> vocabulary_in(const std::string& path) {
  std::ifstream file(path);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || json.empty()) return std::nullopt;
  std::vector<std::pair<std::string, std::int64_t>> codes;
  for (const auto& [text, code] : json.items()) {
    if (!code.is_number_integer()) return std::nullopt;
    codes.emplace_back(text, code.get<std::int64_t>());
  }
  return codes;
}

}  // namespace modelgate
