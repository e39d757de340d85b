// SPDX-License-Identifier: Apache-2.0
// Any bytes as golden arrays in a .npz: rows, or an error that says something.
#include "tests/fuzz/table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const modelgate::fuzz::MemoryFile file(modelgate::fuzz::text_of(data, size));
  modelgate::fuzz::read_table(file.path(), modelgate::DataFormat::npz);
  return 0;
}
