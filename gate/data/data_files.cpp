// SPDX-License-Identifier: Apache-2.0
#include "gate/data/data_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <glob.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <utility>

namespace modelgate {
namespace {

namespace fs = std::filesystem;

constexpr std::array addresses{
    std::pair{std::string_view("s3://"), std::string_view("aws s3 cp")},
    std::pair{std::string_view("gs://"), std::string_view("gcloud storage cp")},
    std::pair{std::string_view("https://"), std::string_view("curl -fLO")},
    std::pair{std::string_view("http://"), std::string_view("curl -fLO")},
    std::pair{std::string_view("az://"), std::string_view("az storage blob download")},
    std::pair{std::string_view("hdfs://"), std::string_view("hdfs dfs -get")},
};

bool is_regular(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::optional<DataFormat> format_of(const std::string& path, std::span<const DataFormat> allowed) {
  std::string suffix = fs::path(path).extension();
  std::ranges::transform(suffix, suffix.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto format : allowed) {
    if (suffix == to_string(format)) return format;
  }
  return std::nullopt;
}

std::string names_of(std::span<const DataFormat> allowed) {
  std::vector<std::string_view> names;
  for (const auto format : allowed) names.push_back(to_string(format));
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<void> refuse_address(std::string_view what, const std::string& written) {
  for (const auto& [scheme, command] : addresses) {
    if (!written.starts_with(scheme)) continue;
    const bool copies = command.ends_with("cp") || command.ends_with("-get");
    return data_error(
        fmt::format("{} {} lies on another machine; modelgate reads local files only. Download it before the gate runs "
                    "(`{} {}{}`) and give the local path.",
                    what, written, command, written, copies ? " ." : ""));
  }
  return {};
}

/// A file that stands in for the data: its pointer or its stub.
Result<void> refuse_stand_in(std::string_view what, const std::string& path) {
  if (path.ends_with(".dvc")) {
    return data_error(fmt::format("{} {} is a DVC stub, not the data. Run `dvc pull {}` and give the path {}.", what,
                                  path, path, path.substr(0, path.size() - 4)));
  }
  if (!is_regular(path)) {  // opening a pipe would wait for its writer for ever
    return data_error(
        fmt::format("{} {} is no regular file (a pipe, socket or device); write the rows to a file.", what, path));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return data_error(fmt::format("{} {} cannot be opened; check its permissions.", what, path));
  std::array<char, 64> head{};
  file.read(head.data(), head.size());
  if (file.bad())
    return data_error(fmt::format("{} {} cannot be read: its disk or network gave an error.", what, path));
  const std::string_view start(head.data(), static_cast<std::size_t>(file.gcount()));
  if (start.empty()) return data_error(fmt::format("{} {} is an empty file (0 bytes); write it anew.", what, path));
  if (start.starts_with("version https://git-lfs.github.com/spec/")) {
    return data_error(fmt::format("{} {} is a Git LFS pointer, not the data. Run `git lfs pull --include \"{}\"`.",
                                  what, path, fs::path(path).filename().string()));
  }
  return {};
}

std::unexpected<Error> absent(std::string_view what, const std::string& path) {
  if (is_regular(path + ".dvc")) {
    return data_error(
        fmt::format("{} {} is absent, but {}.dvc is there. Run `dvc pull {}.dvc`.", what, path, path, path));
  }
  return data_error(fmt::format("{} {} does not exist.", what, path));
}

std::unexpected<Error> not_listed(std::string_view what, const std::string& path) {
  return data_error(
      fmt::format("{} {} cannot be searched for files; check the permissions of its folders.", what, path));
}

Result<std::vector<std::string>> glob_matches(std::string_view what, const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  const int failed = ::glob(pattern.c_str(), GLOB_NOSORT | GLOB_ERR, nullptr, &found);
  for (std::size_t i = 0; failed == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  if (failed != 0 && failed != GLOB_NOMATCH) return not_listed(what, pattern);
  return paths;
}

Result<std::vector<std::string>> folder_entries(std::string_view what, const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
    paths.push_back(entry->path());
  }
  if (failed) return not_listed(what, folder);
  return paths;
}

/// Without it the others would be judged as if they were all.
std::unexpected<Error> not_a_file(std::string_view what, const std::string& path, const std::string& one) {
  std::error_code ignored;
  return data_error(fmt::format("{} {} has {}, which is {}: its rows would be left out. Fetch it, or take it away.",
                                what, path, one,
                                is_folder(one)                                     ? "a folder"
                                : fs::is_symlink(fs::symlink_status(one, ignored)) ? "a link to what is not there"
                                                                                   : "no regular file"));
}

/// Of many paths those that are data; their stubs are mentioned when nothing else is there.
Result<DataFiles> choose(std::string_view what, const std::string& path, std::vector<std::string> found,
                         std::span<const DataFormat> allowed) {
  DataFiles files;
  std::ranges::sort(found);
  std::optional<DataFormat> first;
  bool stubs = false;
  for (const auto& one : found) {
    const auto format = format_of(one, allowed);
    stubs = stubs || (one.ends_with(".dvc") && !is_regular(one.substr(0, one.size() - 4)));
    if (!format) continue;
    if (!is_regular(one)) return not_a_file(what, path, one);
    if (first && *first != *format) {
      return data_error(fmt::format("{} {} mixes formats: {} is {} and {} is {}. Give files of one format.", what, path,
                                    files.paths.front(), to_string(*first), one, to_string(*format)));
    }
    first = format;
    files.paths.push_back(one);
  }
  if (stubs) {
    return data_error(fmt::format("{} {} has .dvc stubs whose data are absent. Run `dvc pull` there.", what, path));
  }
  if (!first) {
    return is_folder(path)
               ? data_error(fmt::format("{} {} is a folder without {} files.", what, path, names_of(allowed)))
               : data_error(fmt::format("{} {} matches no {} file. Check the pattern, or fetch the data.", what, path,
                                        names_of(allowed)));
  }
  files.format = *first;
  return files;
}

}  // namespace

std::string_view to_string(DataFormat format) {
  switch (format) {
    case DataFormat::parquet: return ".parquet";
    case DataFormat::csv: return ".csv";
    case DataFormat::npz: return ".npz";
  }
  return "";
}

Result<DataFiles> find_data_files(std::string_view what, const std::string& path, const std::string& written,
                                  std::span<const DataFormat> allowed) {
  if (auto refused = refuse_address(what, written.empty() ? path : written); !refused) {
    return std::unexpected(refused.error());
  }
  DataFiles files;
  std::error_code ignored;
  const bool exists = fs::exists(path, ignored);
  if (is_folder(path) || (!exists && path.find_first_of("*?[") != std::string::npos)) {
    auto found = is_folder(path) ? folder_entries(what, path) : glob_matches(what, path);
    if (!found) return std::unexpected(found.error());
    auto chosen = choose(what, path, std::move(*found), allowed);
    if (!chosen) return chosen;
    files = std::move(*chosen);
  } else if (!exists) {
    return absent(what, path);
  } else {
    files.paths = {path};
    if (const auto format = format_of(path, allowed)) {
      files.format = *format;
    } else if (!path.ends_with(".dvc")) {
      return data_error(fmt::format("{} {} has an unknown format; modelgate reads {}.", what, path, names_of(allowed)));
    }
  }
  files.stamps.reserve(files.paths.size());
  for (const auto& one : files.paths) {
    files.stamps.push_back(stamp_of(one));
    if (auto refused = refuse_stand_in(what, one); !refused) return std::unexpected(refused.error());
  }
  return files;
}

Result<void> check_unchanged(const DataFiles& files) {
  for (std::size_t i = 0; i < files.paths.size(); ++i) {
    if (stamp_of(files.paths[i]).is_still(files.stamps[i])) continue;
    return data_error(
        fmt::format("{} was changed or replaced while the gate was running, so that nobody knows which rows were "
                    "judged. Run the gate again when the file is finished.",
                    files.paths[i]),
        Reason::digest_mismatch);
  }
  return {};
}

std::string nearest_name(std::string_view word, std::span<const std::string> candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const auto replaced = diagonal + (std::tolower(word[i]) == std::tolower(candidate[j]) ? 0 : 1);
        diagonal = std::exchange(row[j + 1], std::min({replaced, row[j] + 1, row[j + 1] + 1}));
      }
    }
    if (row.back() < best_distance && row.back() < word.size()) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace modelgate
