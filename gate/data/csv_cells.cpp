// SPDX-License-Identifier: Apache-2.0
#include "gate/data/csv_cells.hpp"

#include <arrow/csv/options.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "gate/data/table_source.hpp"
#include "gate/data/texts.hpp"

namespace modelgate {
namespace {

enum class Cell { null, number, other };

/// As Arrow's CSV reader would take it.
Cell cell_of(std::string_view text) {
  static const std::vector<std::string> nulls = arrow::csv::ConvertOptions::Defaults().null_values;
  if (std::ranges::find(nulls, text) != nulls.end()) return Cell::null;
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return Cell::other;
  text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
  double number = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code != std::errc::invalid_argument && end == text.data() + text.size() ? Cell::number : Cell::other;
}

/// A stream of the file's one column as texts, or nothing: no such column, or several of that name.
std::unique_ptr<TableSource> texts_of(const std::string& path, const std::string& column) {
  auto source = open_csv(path);
  if (!source || (*source)->schema().GetFieldIndex(column) < 0) return nullptr;
  ColumnNeed need;
  need.name = column;
  need.as_text = true;
  if (!(*source)->select(std::array{need})) return nullptr;
  return std::move(*source);
}

}  // namespace

std::optional<std::string> place_of_no_number(const std::string& csv_path, const std::string& column) {
  const auto source = texts_of(csv_path, column);
  if (!source) return std::nullopt;
  std::optional<std::size_t> other;
  bool number = false;
  for (std::size_t before = 0; !other || !number;) {
    const auto batch = source->next();
    if (!batch || !*batch) break;
    const auto& cells = *(*batch)->column(0);
    visit_text(cells, 0, cells.length(), [&](std::int64_t i, std::optional<std::string_view> text) {
      const Cell cell = text ? cell_of(*text) : Cell::null;
      number = number || cell == Cell::number;
      if (cell == Cell::other && !other) other = before + static_cast<std::size_t>(i);
    });
    before += static_cast<std::size_t>(cells.length());
  }
  if (!other || !number) return std::nullopt;
  const auto none = arrow::RecordBatch::Make(arrow::schema({}), 0, arrow::ArrayVector{});
  return place(Run{*none, 0, 0, csv_path, DataFormat::csv, *other}, column, 0);
}

bool has_only_a_header(const std::string& csv_path) {
  auto opened = open_csv(csv_path);
  if (!opened) return false;
  const auto& fields = (*opened)->schema().fields();
  const auto alone = std::ranges::find_if(
      fields, [&](const auto& field) { return (*opened)->schema().GetFieldIndex(field->name()) >= 0; });
  if (alone == fields.end()) return false;
  const auto source = texts_of(csv_path, (*alone)->name());
  if (!source) return false;
  while (true) {
    const auto batch = source->next();
    if (!batch) return false;
    if (!*batch) return true;
    if ((*batch)->num_rows() > 0) return false;
  }
}

}  // namespace modelgate
