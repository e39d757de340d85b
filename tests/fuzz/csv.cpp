// SPDX-License-Identifier: Apache-2.0
// Any bytes as a golden CSV file: rows, or an error that says something.
#include "gate/data/csv_cells.hpp"
#include "tests/fuzz/table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  const fuzz::MemoryFile file(fuzz::text_of(data, size));
  fuzz::read_table(file.path(), DataFormat::csv);
  has_only_a_header(file.path());
  place_of_no_number(file.path(), "a");
  csv_line(file.path(), 3);
  return 0;
}
