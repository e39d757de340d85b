// SPDX-License-Identifier: Apache-2.0
#include "gate/report/html/picture_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "gate/report/abandoned.hpp"
#include "gate/report/html/style.hpp"

namespace modelgate {
namespace {

namespace fs = std::filesystem;

std::string folder_name(const fs::path& page) { return page.stem().string() + ".files"; }

/// A file name as one segment of an address: whatever could end or redirect it is escaped.
std::string as_address(std::string_view name) {
  std::string address;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    address += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return address;
}

}  // namespace

PictureFiles::PictureFiles(const std::string& page)
    : folder_((fs::path(page).parent_path() / folder_name(page)).string()), address_(as_address(folder_name(page))) {
  files_.push_back({(fs::path(folder_) / "style.css").string(), std::string(page_style())});
}

std::string PictureFiles::style_address() const { return address_ + "/style.css"; }

std::string PictureFiles::add(std::string_view kind, const std::string& svg, std::string_view suffix) {
  if (const auto same = known_.find(svg); same != known_.end()) return same->second;
  const std::string key = fmt::format("{}{}", kind, suffix);
  const std::string name = fmt::format("{}-{}{}.svg", kind, ++counts_[key], suffix);
  files_.push_back({(fs::path(folder_) / name).string(), svg});
  return known_[svg] = address_ + "/" + name;
}

void remove_stale_pictures(const std::string& page, const std::vector<ReportFile>& files) {
  static const std::regex ours(
      "(limit|forest|roc|precision-recall|errors|latency|reliability|confusion|groups|flips)-[1-9][0-9]*(-narrow)?\\."
      "svg");
  std::set<std::string> kept;
  for (const ReportFile& file : files) kept.insert(fs::path(file.path).filename().string());
  std::error_code ignored;
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(fs::path(page).parent_path() / folder_name(page), ignored))
    if (const std::string name = entry.path().filename().string();
        std::regex_match(name, ours) && !kept.contains(name) && entry.is_regular_file(ignored))
      stale.push_back(entry.path());
  for (const fs::path& path : stale) fs::remove(path, ignored);
  remove_abandoned(fs::path(page).parent_path() / folder_name(page), {});
}

}  // namespace modelgate
