// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gate/core/check_result.hpp"

namespace modelgate {

/// One picture of a result: the file's bytes and what is told beside it.
struct Picture {
  std::string_view kind;    ///< first part of the file's name: "roc", "groups", …
  std::string title;        ///< "ROC curve"
  std::string description;  ///< what it shows, in words, for those who cannot see it
  std::string svg;
  double width = 0.0;
  double height = 0.0;
};

/// Both models' curves with a legend; nothing where neither has points.
std::optional<Picture> curve_picture(const CurvePair& curves);

/// How often the event came beside the score that announced it, with Wilson's intervals.
std::optional<Picture> reliability_picture(const Reliability& reliability);

/// One matrix a model, each cell shaded by its share of the label's rows.
std::vector<Picture> confusion_pictures(const Confusion& confusion);

/// One picture a rate: every group's value with its interval, candidate beside production.
std::vector<Picture> group_pictures(const std::vector<GroupRate>& groups);

/// Share of rows that went from right to wrong: overall and where they concentrate.
std::optional<Picture> flips_picture(const Flips& flips);

/// Every picture of a result, in a fixed order.
std::vector<Picture> pictures_of(const CheckResult& result);

}  // namespace modelgate
