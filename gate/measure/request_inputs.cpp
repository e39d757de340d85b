// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/request_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "gate/wire/slots.hpp"

namespace modelgate {

namespace {

constexpr std::size_t memory_budget = std::size_t{64} << 20U;
constexpr std::size_t most_batches = 256;

using Offset = std::uint64_t;

Offset offset_at(std::span<const std::byte> buffer, std::size_t index) {
  Offset value = 0;
  std::memcpy(&value, buffer.data() + index * sizeof(Offset), sizeof(Offset));
  return value;
}

void append_strings(std::span<const std::byte> chunk, std::size_t rows, DecodedInput& into) {
  const std::size_t count = rows * into.layout.strings_per_row;
  const auto text = chunk.subspan((count + 1) * sizeof(Offset));
  for (std::size_t i = 0; i < count; ++i) {
    const Offset begin = offset_at(chunk, i);
    into.strings.emplace_back(reinterpret_cast<const char*>(text.data()) + begin, offset_at(chunk, i + 1) - begin);
  }
}

void append_chunk(std::span<const std::byte> chunk, std::size_t rows, DecodedInput& into) {
  if (into.layout.strings_per_row > 0) return append_strings(chunk, rows, into);
  const auto dense = chunk.first(rows * into.layout.row_bytes);
  into.bytes.insert(into.bytes.end(), dense.begin(), dense.end());
}

/// Room for one chunk of every input of every set.
struct Staging {
  std::vector<std::vector<std::vector<std::byte>>> memory;
  ChunkBuffers spans;
};

Staging stage(const std::vector<std::vector<InputLayout>>& sets, std::size_t rows) {
  Staging staging;
  for (const auto& layouts : sets) {
    auto& memory = staging.memory.emplace_back();
    for (const auto& region : plan_slot(layouts, rows).inputs) memory.emplace_back(region.bytes);
    auto& spans = staging.spans.emplace_back();
    for (auto& bytes : memory) spans.emplace_back(bytes);
  }
  return staging;
}

std::size_t bytes_of_row(const std::vector<std::vector<InputLayout>>& sets) {
  std::size_t bytes = 0;
  for (const auto& layouts : sets) {
    for (const auto& layout : layouts) bytes += layout.row_bytes + layout.strings_per_row * 64;  // a usual string
  }
  return std::max<std::size_t>(bytes, 1);
}

std::vector<std::vector<InputLayout>> layouts_of(const RequestRows& rows) {
  std::vector<std::vector<InputLayout>> sets;
  for (const auto& inputs : rows.sets) {
    auto& layouts = sets.emplace_back();
    for (const auto& input : inputs) layouts.push_back(input.layout);
  }
  return sets;
}

/// False where the strings do not fit.
bool write_strings(const DecodedInput& input, std::size_t first, std::size_t rows, std::size_t all_rows,
                   std::span<std::byte> into) {
  const std::size_t width = input.layout.strings_per_row;
  const std::size_t header = (rows * width + 1) * sizeof(Offset);
  if (header > into.size()) return false;
  Offset end = 0;
  std::memcpy(into.data(), &end, sizeof(Offset));
  for (std::size_t i = 0; i < rows * width; ++i) {
    const std::string& text = input.strings[(first + i / width) % all_rows * width + i % width];
    if (header + end + text.size() > into.size()) return false;
    std::memcpy(into.data() + header + end, text.data(), text.size());
    end += text.size();
    std::memcpy(into.data() + (i + 1) * sizeof(Offset), &end, sizeof(Offset));
  }
  return true;
}

bool write_rows(const DecodedInput& input, std::size_t first, std::size_t rows, std::size_t all_rows,
                std::span<std::byte> into) {
  if (input.layout.strings_per_row > 0) return write_strings(input, first, rows, all_rows, into);
  const std::size_t row_bytes = input.layout.row_bytes;
  if (rows * row_bytes > into.size()) return false;
  for (std::size_t row = 0; row < rows; ++row) {
    std::memcpy(into.data() + row * row_bytes, input.bytes.data() + (first + row) % all_rows * row_bytes, row_bytes);
  }
  return true;
}

}  // namespace

Result<RequestRows> read_request_rows(GoldenReader& reader, std::size_t max_rows) {
  const auto& layouts = reader.layouts();
  const std::size_t wanted =
      std::clamp<std::size_t>(max_rows, 1, std::max<std::size_t>(memory_budget / bytes_of_row(layouts), 1));
  const std::size_t chunk_rows = std::min(auto_chunk_rows(layouts), wanted);
  Staging staging = stage(layouts, chunk_rows);
  RequestRows decoded;
  for (const auto& set : layouts) {
    auto& inputs = decoded.sets.emplace_back();
    for (const auto& layout : set) inputs.push_back({layout, {}, {}});
  }
  while (decoded.rows < wanted) {
    RowColumns unused;
    std::vector<Scores> no_scores;
    const auto got = reader.next(std::min(chunk_rows, wanted - decoded.rows), staging.spans, unused, no_scores);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) break;
    for (std::size_t set = 0; set < layouts.size(); ++set) {
      for (std::size_t input = 0; input < layouts[set].size(); ++input)
        append_chunk(staging.spans[set][input], *got, decoded.sets[set][input]);
    }
    decoded.rows += *got;
  }
  if (decoded.rows == 0) return data_error("The golden data has no rows to make timed requests of.");
  return decoded;
}

Result<std::shared_ptr<InputBuffers>> prepare_batches(const RequestRows& rows, std::size_t set, std::size_t batch) {
  const auto layouts = layouts_of(rows);
  const std::size_t different = (rows.rows + batch - 1) / batch;
  const std::size_t affordable = memory_budget / (bytes_of_row(layouts) * batch);  // of all sets: alike in each
  const std::size_t slots = std::clamp<std::size_t>(std::min(different, affordable), 1, most_batches);
  auto buffers = InputBuffers::create(layouts[set], slots, batch);
  if (!buffers) return buffers;
  for (std::size_t index = 0; index < slots; ++index) {
    const auto spans = (*buffers)->slot(index);
    for (std::size_t input = 0; input < spans.size(); ++input) {
      if (!write_rows(rows.sets[set][input], index * batch, batch, rows.rows, spans[input]))
        return data_error(
            fmt::format("A batch of {} golden rows has too much text for one timed request; give the latency "
                        "checks a smaller batch.",
                        batch));
    }
  }
  return buffers;
}

}  // namespace modelgate
