// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/data/file_stamp.hpp"

namespace modelgate {

enum class DataFormat { parquet, csv, npz };
std::string_view to_string(DataFormat format);

/// The files behind one path, sorted bytewise, all of one format, none of them empty, absent or a stand-in.
struct DataFiles {
  DataFormat format = DataFormat::parquet;
  std::vector<std::string> paths;
  std::vector<FileStamp> stamps;  ///< one a path, from before it was first opened
};

/// Finds the files of a path: a file, a glob, or a folder (its own files of the allowed formats). written is the path
/// as the user gave it; what ("the dataset", "the candidate's predictions") begins each message. A Git LFS pointer, a
/// DVC stub, an empty glob and an address are errors that name the command to run.
Result<DataFiles> find_data_files(std::string_view what, const std::string& path, const std::string& written,
                                  std::span<const DataFormat> allowed);

/// digest_mismatch where one of the files is no longer what it was when it was found: rows of it may have been read
/// that its digest says nothing of. Asked after both.
Result<void> check_unchanged(const DataFiles& files);

/// The candidate most like word, by edit distance, or empty when none is near.
std::string nearest_name(std::string_view word, std::span<const std::string> candidates);

}  // namespace modelgate
