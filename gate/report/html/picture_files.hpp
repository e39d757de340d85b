// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gate/report/report.hpp"

namespace modelgate {

/// The files beside a page, in its folder <stem>.files/: the style sheet and the pictures, each kind numbered from 1.
/// Pictures of the same bytes share a file.
class PictureFiles {
 public:
  /// page: path of the page, "out/report.html".
  explicit PictureFiles(const std::string& page);

  /// Keeps the picture and says its address as the page links it: "report.files/roc-1.svg".
  std::string add(std::string_view kind, const std::string& svg, std::string_view suffix = "");
  /// True where a picture of these bytes is already there.
  bool has(const std::string& svg) const { return known_.contains(svg); }
  std::string style_address() const;

  /// Every file that was added, the style sheet first.
  std::vector<ReportFile> take() { return std::move(files_); }

 private:
  std::string folder_;   ///< as the file system has it
  std::string address_;  ///< as a link has it
  std::map<std::string, std::size_t, std::less<>> counts_;
  std::map<std::string, std::string> known_;  ///< bytes → address
  std::vector<ReportFile> files_;
};

/// Removes the pictures that an earlier report left beside this page and that are not among these files: only names
/// that PictureFiles gives. What cannot be removed stays; the page does not show it.
void remove_stale_pictures(const std::string& page, const std::vector<ReportFile>& files);

}  // namespace modelgate
