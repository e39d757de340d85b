// SPDX-License-Identifier: Apache-2.0
// 1,000,000 golden rows × 32 float32, with id, label and two categories: Parquet → row-major chunks, in one thread.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <benchmark/benchmark.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <random>
#include <string>

#include "gate/data/golden_reader.hpp"

namespace modelgate {
namespace {

constexpr std::int64_t rows = 1'000'000;
constexpr std::size_t chunk_rows = 4096;

std::shared_ptr<arrow::Array> texts(const std::vector<std::string>& choices, std::mt19937& random) {
  arrow::StringBuilder builder;
  for (std::int64_t i = 0; i < rows; ++i) (void)builder.Append(choices[random() % choices.size()]);
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Table> golden_table() {
  std::mt19937 random(1);
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  const auto add = [&](const std::string& name, std::shared_ptr<arrow::Array> array) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(std::move(array));
  };
  arrow::StringBuilder ids;
  arrow::Int64Builder labels;
  for (std::int64_t i = 0; i < rows; ++i) {
    (void)ids.Append("tx" + std::to_string(100'000'000 + i));
    (void)labels.Append(random() % 10 == 0 ? 1 : 0);
  }
  add("id", ids.Finish().ValueOrDie());
  add("label", labels.Finish().ValueOrDie());
  add("sex", texts({"F", "M"}, random));
  add("age_band", texts({"18-29", "30-44", "45-64", "65+"}, random));
  for (int column = 0; column < 32; ++column) {
    std::normal_distribution<float> normal;
    arrow::FloatBuilder builder;
    for (std::int64_t i = 0; i < rows; ++i) (void)builder.Append(normal(random));
    add("v" + std::to_string(column), builder.Finish().ValueOrDie());
  }
  return arrow::Table::Make(arrow::schema(fields), arrays);
}

/// As pyarrow writes by default: snappy, dictionaries tried first, one row group of up to 1,048,576 rows.
const std::string& golden_file() {
  static const std::string path = [] {
    auto name = std::filesystem::temp_directory_path() / "modelgate_bench_data.parquet";
    auto properties = parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
    auto file = arrow::io::FileOutputStream::Open(name).ValueOrDie();
    (void)parquet::arrow::WriteTable(*golden_table(), arrow::default_memory_pool(), file, 1 << 20, properties);
    (void)file->Close();
    return name.string();
  }();
  return path;
}

void read_golden(benchmark::State& state) {
  DatasetSpec dataset;
  dataset.path = golden_file();
  dataset.id = "id";
  dataset.label.columns = {"label"};
  InputSpec input;
  input.columns = {"v*"};
  GoldenRequest request{dataset};
  request.category_columns = {"sex", "age_band"};
  request.input_sets = {{input}};
  for (auto _ : state) {
    auto reader = GoldenReader::open(request).value();
    std::vector<std::byte> buffer(chunk_rows * reader->layouts()[0][0].row_bytes);
    const ChunkBuffers buffers{{std::span(buffer)}};
    RowColumns golden;
    std::vector<Scores> scores;
    while (reader->next(chunk_rows, buffers, golden, scores).value() > 0) {
    }
    if (!reader->finish(golden) || golden.rows != rows) state.SkipWithError("the golden data were not read whole");
  }
  state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(read_golden)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2.0);

}  // namespace
}  // namespace modelgate

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  std::filesystem::remove(std::filesystem::temp_directory_path() / "modelgate_bench_data.parquet");
  return 0;
}
