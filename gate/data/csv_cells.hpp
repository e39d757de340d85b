// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace modelgate {

/// "golden.csv, column amount, row 17 (line 18)" of the first cell that is neither number nor null in a column that
/// has numbers, too; nothing where no cell is a number, every cell is one, or the file cannot be read. Reads the file
/// as far as it must: for errors only.
std::optional<std::string> place_of_no_number(const std::string& csv_path, const std::string& column);

/// True when the file has a header line and no row; for errors only.
bool has_only_a_header(const std::string& csv_path);

}  // namespace modelgate
