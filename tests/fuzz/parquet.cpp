// SPDX-License-Identifier: Apache-2.0
// Any bytes as golden Parquet: rows, or an error that says something. Arrow itself is not instrumented; what is held
// here is what the gate makes of a footer that lies.
#include "tests/fuzz/table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const modelgate::fuzz::MemoryFile file(modelgate::fuzz::text_of(data, size));
  modelgate::fuzz::read_table(file.path(), modelgate::DataFormat::parquet);
  return 0;
}
