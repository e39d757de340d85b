// SPDX-License-Identifier: Apache-2.0
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>

#include "gate/data/predictions_file.hpp"
#include "gate/data/predictions_metadata.hpp"
#include "gate/data/replace_file.hpp"

namespace modelgate {
namespace {

constexpr std::int64_t row_group_rows = 1 << 18;

using ArrayResult = arrow::Result<std::shared_ptr<arrow::Array>>;

ArrayResult id_array(const IdValues& ids) {
  if (!ids.is_text) {
    return std::make_shared<arrow::Int64Array>(static_cast<std::int64_t>(ids.integers.size()),
                                               arrow::Buffer::Wrap(ids.integers));
  }
  arrow::LargeStringBuilder builder;
  std::uint64_t begin = 0;
  for (const auto end : ids.text_end) {
    ARROW_RETURN_NOT_OK(builder.Append(std::string_view(ids.text).substr(begin, end - begin)));
    begin = end;
  }
  return builder.Finish();
}

template <class Builder, class Value>
ArrayResult column_array(const std::vector<Value>& values, std::size_t column, std::size_t width) {
  Builder builder;
  ARROW_RETURN_NOT_OK(builder.Reserve(static_cast<std::int64_t>(values.size() / width)));
  for (std::size_t at = column; at < values.size(); at += width) builder.UnsafeAppend(values[at]);
  return builder.Finish();
}

ArrayResult prediction_array(const Predictions& predictions, std::size_t column) {
  if (predictions.kind == OutputKind::klass) {
    return column_array<arrow::Int32Builder>(predictions.classes, column, predictions.width);
  }
  if (const auto* floats = std::get_if<std::vector<float>>(&predictions.scores)) {
    return column_array<arrow::FloatBuilder>(*floats, column, predictions.width);
  }
  return column_array<arrow::DoubleBuilder>(std::get<std::vector<double>>(predictions.scores), column,
                                            predictions.width);
}

arrow::Status write_file(const std::string& path, const arrow::Table& table,
                         const std::shared_ptr<arrow::KeyValueMetadata>& metadata) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::FileOutputStream::Open(path));
  auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::ZSTD)->build();
  ARROW_ASSIGN_OR_RAISE(
      auto writer, parquet::arrow::FileWriter::Open(*table.schema(), arrow::default_memory_pool(), file, properties));
  ARROW_RETURN_NOT_OK(writer->WriteTable(table, row_group_rows));
  ARROW_RETURN_NOT_OK(writer->AddKeyValueMetadata(metadata));
  ARROW_RETURN_NOT_OK(writer->Close());
  return file->Close();
}

arrow::Status write_table(const std::string& path, const std::string& id_name, const IdValues& ids,
                          const Predictions& predictions, const PredictionsOrigin& origin) {
  arrow::ArrayVector arrays;
  arrow::FieldVector fields;
  const auto add = [&](const std::string& name, std::shared_ptr<arrow::Array> array) {
    fields.push_back(arrow::field(name, array->type(), false));
    arrays.push_back(std::move(array));
  };
  ARROW_ASSIGN_OR_RAISE(auto id, id_array(ids));
  add(id_name, std::move(id));
  for (std::size_t column = 0; column < predictions.width; ++column) {
    ARROW_ASSIGN_OR_RAISE(auto array, prediction_array(predictions, column));
    add(fmt::format("prediction_{}", column), std::move(array));
  }
  const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
  return write_file(path, *table, metadata_of(origin, predictions.kind));
}

}  // namespace

Result<void> write_predictions(const std::string& path, const std::string& id_column, const IdValues& ids,
                               const Predictions& predictions, const PredictionsOrigin& origin) {
  const auto scores = std::visit([](const auto& values) { return values.size(); }, predictions.scores);
  const auto numbers = predictions.kind == OutputKind::klass ? predictions.classes.size() : scores;
  const bool aligned = numbers == ids.size() * predictions.width;
  if (!aligned || !predictions.usable()) return internal_error("Predictions and ids are not aligned.");
  const auto why = replace_file(path, [&](const std::string& temporary) {
    return write_table(temporary, id_column.empty() ? "row" : id_column, ids, predictions, origin);
  });
  if (!why) return {};
  return report_error(fmt::format("The predictions file {} cannot be written: {}.", path, *why));
}

}  // namespace modelgate
