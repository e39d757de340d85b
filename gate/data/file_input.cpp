// SPDX-License-Identifier: Apache-2.0
#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "gate/data/inputs.hpp"
#include "gate/data/npy.hpp"
#include "gate/data/numbers.hpp"
#include "gate/data/texts.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

/// One .npy a row, its path (relative to the golden file) in a text column.
class FileInput final : public InputDecoder {
 public:
  FileInput(const BoundInput& input, std::vector<std::int64_t> row_shape)
      : column_(input.columns.front()), nulls_(input.spec.nulls) {
    set_layout(input.spec.dtype, std::move(row_shape));
  }

  Result<void> decode(const Run& run, std::size_t row) override {
    std::vector<std::string> paths(static_cast<std::size_t>(run.count));
    visit_text(*run.batch.column(static_cast<int>(column_.index)), run.begin, run.count,
               [&](std::int64_t i, auto text) { paths[static_cast<std::size_t>(i)] = text.value_or(""); });
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const auto where = place_of(run, i);
      if (paths[i].empty()) {
        return data_error(fmt::format("{}: the path is null or empty. Mend or remove the row.", where()));
      }
      const auto folder = fs::absolute(run.file).parent_path();
      if (auto loaded = load(folder, paths[i], where, row_at(row + i)); !loaded) return loaded;
    }
    return {};
  }

 private:
  using Where = std::function<std::string()>;  // a CSV's line is counted only when it is wanted

  Where place_of(const Run& run, std::size_t i) const {
    return [this, &run, i] { return place(run, column_.name, static_cast<std::int64_t>(i)); };
  }

  /// A path of the data is told to nobody: messages name the folder that it starts from.
  Result<void> load(const fs::path& folder, const std::string& cell, const Where& where, std::byte* target) const {
    const auto path = folder / cell;
    std::ifstream file(path, std::ios::binary);
    std::error_code failed;
    const auto bytes = fs::file_size(path, failed);
    if (!file || failed) {
      return data_error(fmt::format("{}: the .npy file named there cannot be opened (paths are relative to {}).",
                                    where(), folder.string()));
    }
    const auto read = [&](char* to, std::size_t size) {
      return static_cast<bool>(file.read(to, static_cast<std::streamsize>(size)));
    };
    const auto header = read_npy_header(read, "the .npy file named there", bytes);
    if (!header) return data_error(fmt::format("{}: {}", where(), header.error().message));
    if (static_cast<std::int64_t>(header->items) != product_of(layout_.row_shape)) {
      return data_error(fmt::format("{}: the .npy file named there has {} items where shape: asks for {}.", where(),
                                    header->items, product_of(layout_.row_shape)));
    }
    std::string items(header->items * header->item_bytes, '\0');
    if (!is_number(*arrow_type(*header)) || !read(items.data(), items.size())) {
      return data_error(fmt::format("{}: the .npy file named there holds no numbers, or is cut off.", where()));
    }
    const auto array = arrow_items(*header, std::move(items));
    if (!array) return data_error(fmt::format("{}: the .npy file named there {}", where(), array.error().message));
    const Numbers numbers(**array, 0, (*array)->length());
    if (const auto flaw = first_flaw(numbers, layout_.dtype, nulls_)) {
      return data_error(fmt::format("{}, item {} of the .npy file: {}.", where(), flaw->index + 1,
                                    describe(flaw->kind, layout_.dtype)));
    }
    store(numbers, 0, numbers.size(), layout_.dtype, nulls_, target, 1);
    return {};
  }

  BoundColumn column_;
  NullPolicy nulls_;
};

}  // namespace

InputResult make_file_input(const BoundInput& input) {
  const auto& column = input.columns.front();
  if (!is_text(*column.type)) {
    return data_error(fmt::format("{}, column {}: files: needs a text column of paths, not {}.", input.file,
                                  column.name, type_name(*column.type)));
  }
  if (input.spec.shape.empty() || input.spec.dtype == DType::string) {
    return data_error(
        fmt::format("The files: input with column {} needs shape: [...] and a dtype of numbers.", column.name));
  }
  return std::make_unique<FileInput>(input, input.spec.shape);
}

}  // namespace modelgate
