// SPDX-License-Identifier: Apache-2.0
// Any bytes as a .npy: its items, or an error that says something.
#include "gate/data/npy.hpp"

#include <arrow/api.h>

#include <cstring>

#include "tests/fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace modelgate;
  constexpr std::uint64_t most_bytes = 1U << 20U;
  std::size_t at = 0;
  const ReadBytes read = [&](char* bytes, std::size_t wanted) {
    if (wanted > size - at) return false;
    std::memcpy(bytes, data + at, wanted);
    at += wanted;
    return true;
  };
  const auto header = read_npy_header(read, "fuzz.npy", most_bytes);
  if (!header) return fuzz::require_words(header.error()), 0;
  fuzz::require(header->items * header->item_bytes <= most_bytes);
  std::string bytes(header->items * header->item_bytes, '\0');
  if (!read(bytes.data(), bytes.size())) return 0;
  const auto items = arrow_items(*header, std::move(bytes));
  if (!items) return fuzz::require_words(items.error()), 0;
  fuzz::require((*items)->ValidateFull().ok());
  fuzz::require((*items)->length() == static_cast<std::int64_t>(header->items));
  return 0;
}
