// SPDX-License-Identifier: Apache-2.0
#include "gate/data/flips_file.hpp"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "gate/data/replace_file.hpp"

namespace modelgate {
namespace {

using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;
using Rows = std::span<const std::size_t>;

constexpr std::int64_t row_group_rows = 1 << 18;

/// One value a row, made by value(row).
template <class Builder, class ValueOf>
ArrayResult array_of(Rows rows, ValueOf value) {
  Builder builder;
  for (const std::size_t row : rows) ARROW_RETURN_NOT_OK(builder.Append(value(row)));
  return builder.Finish();
}

class Table {
 public:
  Table(const ScoreTable& scores, Rows rows, const ReportsSpec& reports)
      : scores_(scores), rows_(rows), reports_(reports) {}

  arrow::Result<std::shared_ptr<arrow::Table>> make() {
    ARROW_RETURN_NOT_OK(add_id());
    ARROW_RETURN_NOT_OK(add_labels());
    for (const Role role : both_roles) ARROW_RETURN_NOT_OK(add_predictions(role));
    for (const CategoryColumn& column : scores_.rows.categories) ARROW_RETURN_NOT_OK(add_category(column));
    return arrow::Table::Make(arrow::schema(fields_), arrays_);
  }

 private:
  arrow::Status add(const std::string& name, const ArrayResult& array) {
    ARROW_RETURN_NOT_OK(array.status());
    fields_.push_back(arrow::field(name, (*array)->type()));
    arrays_.push_back(*array);
    return arrow::Status::OK();
  }

  arrow::Status add_id() {
    const RowColumns& rows = scores_.rows;
    if (reports_.row_evidence == RowEvidence::plain && rows.id_text.size() == rows.rows)
      return add("id", array_of<arrow::StringBuilder>(rows_, [&](std::size_t row) { return rows.id_text[row]; }));
    if (rows.id_hash.size() == rows.rows)
      return add("id_hash", array_of<arrow::StringBuilder>(
                                rows_, [&](std::size_t row) { return fmt::format("{:016x}", rows.id_hash[row]); }));
    return add("row",
               array_of<arrow::Int64Builder>(rows_, [](std::size_t row) { return static_cast<std::int64_t>(row); }));
  }

  arrow::Status add_labels() {
    const RowColumns& rows = scores_.rows;
    if (scores_.task == Task::binary)
      return add("label", array_of<arrow::Int32Builder>(rows_, [&](std::size_t row) { return rows.label_class[row]; }));
    if (scores_.task == Task::multiclass)
      return add("label", array_of<arrow::StringBuilder>(rows_, [&](std::size_t row) {
                   return rows.class_names.at(static_cast<std::size_t>(rows.label_class[row]));
                 }));
    const std::size_t width = rows.label_bits.size() / rows.rows;
    for (std::size_t label = 0; label < width; ++label) {
      const std::string name = label < rows.class_names.size() ? rows.class_names[label] : std::to_string(label);
      ARROW_RETURN_NOT_OK(add("label_" + name, array_of<arrow::BooleanBuilder>(rows_, [&](std::size_t row) {
                                return rows.label_bits[row * width + label] != 0;
                              })));
    }
    return arrow::Status::OK();
  }

  arrow::Status add_predictions(Role role) {
    const Predictions& model = scores_.model(role);
    const std::string name{to_string(role)};
    if (model.kind == OutputKind::klass)
      return add(name + "_class",
                 array_of<arrow::Int32Builder>(rows_, [&](std::size_t row) { return model.classes.at(row); }));
    for (std::size_t column = 0; column < model.width; ++column) {
      const std::string title = model.width == 1 ? name + "_score" : fmt::format("{}_score_{}", name, column);
      ARROW_RETURN_NOT_OK(
          add(title, array_of<arrow::DoubleBuilder>(rows_, [&](std::size_t row) {
                return std::visit(
                    [&](const auto& scores) { return static_cast<double>(scores.at(row * model.width + column)); },
                    model.scores);
              })));
    }
    return arrow::Status::OK();
  }

  arrow::Status add_category(const CategoryColumn& column) {
    std::vector<std::size_t> counts(column.values.size(), 0);
    for (const std::size_t row : rows_) ++counts.at(column.codes.at(row));
    arrow::StringBuilder builder;
    for (const std::size_t row : rows_) {
      const std::size_t code = column.codes[row];
      ARROW_RETURN_NOT_OK(counts[code] < reports_.suppress_below ? builder.AppendNull()
                                                                 : builder.Append(column.values[code]));
    }
    return add("slice_" + column.name, builder.Finish());
  }

  const ScoreTable& scores_;
  Rows rows_;
  const ReportsSpec& reports_;
  arrow::FieldVector fields_;
  arrow::ArrayVector arrays_;
};

arrow::Status write_file(const std::string& path, const arrow::Table& table) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::FileOutputStream::Open(path));
  ARROW_RETURN_NOT_OK(parquet::arrow::WriteTable(table, arrow::default_memory_pool(), file, row_group_rows));
  return file->Close();
}

arrow::Status write(const std::string& path, const ScoreTable& scores, Rows rows, const ReportsSpec& reports) {
  ARROW_ASSIGN_OR_RAISE(const auto table, Table(scores, rows, reports).make());
  return write_file(path, *table);
}

}  // namespace

Result<void> write_flips(const std::string& path, const ScoreTable& table, std::span<const std::size_t> rows,
                         const ReportsSpec& reports) {
  const auto why =
      replace_file(path, [&](const std::string& temporary) { return write(temporary, table, rows, reports); });
  if (!why) return {};
  return report_error(fmt::format("{} cannot be written: {}.", path, *why));
}

}  // namespace modelgate
