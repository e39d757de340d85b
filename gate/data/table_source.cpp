// SPDX-License-Identifier: Apache-2.0
#include "gate/data/table_source.hpp"

#include <fmt/format.h>

#include <new>

namespace modelgate {

Result<std::unique_ptr<TableSource>> TableSource::open(const std::string& path, DataFormat format) {
  switch (format) {
    case DataFormat::parquet: return open_parquet(path);
    case DataFormat::csv: return open_csv(path);
    case DataFormat::npz: return open_npz(path);
  }
  return internal_error("Unknown data format.");
}

bool is_out_of_memory(const std::exception& thrown) { return dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr; }

std::unexpected<Error> no_memory(const std::string& path) {
  return internal_error(
      fmt::format("There is not enough memory to read {}. Give the step more (ulimit -v, the container's or job's "
                  "limit) and run it again.",
                  path));
}

std::string place(const Run& run, std::string_view column, std::int64_t row_in_run) {
  const auto row = run.file_row + static_cast<std::size_t>(row_in_run);
  auto text = fmt::format("{}, column {}, row {}", run.file, column, row + 1);
  if (run.format == DataFormat::csv) text += fmt::format(" (line {})", csv_line(run.file, row));
  return text;
}

}  // namespace modelgate
