// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include "gate/report/json_pictures.hpp"
#include "gate/report/read_check.hpp"

namespace modelgate {
namespace {

constexpr std::array curve_kinds{CurveKind::roc, CurveKind::precision_recall, CurveKind::error_ecdf,
                                 CurveKind::latency_ecdf};

GroupRate read_group(const JsonNode& node) {
  GroupRate group;
  group.group = node.at("group").text();
  group.rate = node.at("rate").text();
  group.n = node.at("n").count();
  group.events = node.at("events").count_or_none();
  group.candidate = read_estimate(node.at("candidate"));
  group.production = read_estimate(node.at("production"));
  group.assessable = node.at("assessable").flag();
  group.declared = node.at("declared").flag();
  return group;
}

PairGap read_pair(const JsonNode& node) {
  PairGap pair;
  if (const auto names = node.at("groups").items(2); names.size() == 2) {
    pair.first = names[0].text();
    pair.second = names[1].text();
  }
  if (const auto sizes = node.at("n").items(2); sizes.size() == 2) {
    pair.first_n = sizes[0].count();
    pair.second_n = sizes[1].count();
  }
  pair.rate = node.at("rate").text();
  pair.gap = read_estimate(node);
  pair.p = node.at("p").number_or_nan();
  pair.p_adjusted = node.at("p_adjusted").number_or_nan();
  return pair;
}

std::optional<Flips> read_flips(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  Flips flips;
  flips.right_to_wrong = node.at("right_to_wrong").count();
  flips.wrong_to_right = node.at("wrong_to_right").count();
  flips.rows = node.at("rows").count_or_none().value_or(0);
  for (const JsonNode& slice : node.at("slices").items())
    flips.slices.push_back({slice.at("column").text(), slice.at("value").text(), slice.at("right_to_wrong").count(),
                            slice.at("rows").count()});
  return flips;
}

ChangedRow read_changed_row(const JsonNode& node) {
  ChangedRow row;
  row.row = node.at("row").count();
  if (row.row == 0) node.at("row").refuse("counts rows from 1");
  if (row.row > 0) --row.row;
  row.difference = node.at("difference").number_or_none().value_or(std::numeric_limits<double>::infinity());
  if (const auto answer = node.find("answer")) row.answer = answer->count();
  return row;
}

Part read_part(const JsonNode& node) {
  Part part;
  part.label = node.at("label").text();
  part.passes = node.at("passes").flag();
  part.p_fail = node.at("p").number_or_nan();
  part.p_adjusted = node.at("p_adjusted").number_or_nan();
  part.discordant = node.at("discordant").number_or_none();
  part.discordant_needed = node.at("discordant_needed").number_or_none();
  part.hard_margin_excluded = node.at("hard_margin_excluded").flag();
  part.on_the_line = node.at("on_the_line").flag();
  part.fails = node.at("fails").flag();
  return part;
}

std::optional<CalibrationError> read_calibration(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  return CalibrationError{node.at("error").number_or_nan(), node.at("if_calibrated").number_or_nan(),
                          node.at("if_calibrated_high").number_or_nan()};
}

std::vector<double> read_numbers(const JsonNode& node) {
  std::vector<double> numbers;
  for (const JsonNode& one : node.items()) numbers.push_back(one.number_or_nan());
  return numbers;
}

std::optional<Curve> read_curve(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  Curve curve{read_numbers(node.at("x")), read_numbers(node.at("y"))};
  if (curve.x.size() != curve.y.size()) node.refuse("has not as many x as y");
  return curve;
}

std::vector<ReliabilityBin> read_bins(const JsonNode& node) {
  std::vector<ReliabilityBin> bins;
  for (const JsonNode& one : node.items()) {
    ReliabilityBin bin;
    bin.score = one.at("score").number_or_nan();
    bin.observed = one.at("observed").number_or_nan();
    if (const auto ends = one.at("interval").items(2); ends.size() == 2)
      bin.interval = {ends[0].number_or_nan(), ends[1].number_or_nan()};
    bin.rows = one.at("rows").count();
    bins.push_back(bin);
  }
  return bins;
}

std::vector<std::size_t> read_counts(const JsonNode& node, std::size_t classes) {
  std::vector<std::size_t> counts;
  for (const JsonNode& one : node.items()) counts.push_back(one.count());
  if (!counts.empty() && counts.size() != classes * classes) node.refuse("is no square of its classes");
  return counts;
}

Confusion read_confusion(const JsonNode& node) {
  Confusion confusion;
  for (const JsonNode& name : node.at("classes").items()) confusion.classes.push_back(name.text());
  confusion.candidate = read_counts(node.at("candidate"), confusion.classes.size());
  confusion.production = read_counts(node.at("production"), confusion.classes.size());
  return confusion;
}

}  // namespace

Pictures read_pictures(const JsonNode& evidence) {
  Pictures pictures;
  if (const auto curves = evidence.find("curves")) {
    for (const JsonNode& one : curves->items())
      pictures.curves.push_back(
          {one.at("kind").word(curve_kinds), read_curve(one.at("candidate")), read_curve(one.at("production"))});
  }
  if (const auto reliability = evidence.find("reliability"))
    pictures.reliability =
        Reliability{read_bins(reliability->at("candidate")), read_bins(reliability->at("production"))};
  if (const auto confusion = evidence.find("confusion")) pictures.confusion = read_confusion(*confusion);
  return pictures;
}

void read_evidence(const JsonNode& node, CheckResult& result) {
  for (const JsonNode& group : node.at("groups").items()) result.groups.push_back(read_group(group));
  for (const JsonNode& pair : node.at("pairs").items()) result.pairs.push_back(read_pair(pair));
  result.pairs_left_out = node.at("pairs_left_out").count();
  result.value_all_groups = node.at("value_all_groups").number_or_none();
  result.latency = read_latency(node.at("latency"));
  result.flips = read_flips(node.at("flips"));
  const JsonNode evidence = node.at("evidence");
  for (const JsonNode& part : evidence.at("parts").items()) result.parts.push_back(read_part(part));
  if (const auto of_policy = evidence.find("of_policy")) result.planned.of_policy = of_policy->flag();
  result.detail = evidence.at("detail").text_or_empty();
  result.rows_needed = evidence.at("rows_needed").count_or_none();
  if (const auto calibration = evidence.find("calibration"))
    result.calibration =
        Calibration{read_calibration(calibration->at("candidate")), read_calibration(calibration->at("production"))};
  if (const auto changed = evidence.find("changed_rows")) {
    for (const JsonNode& row : changed->items()) result.changed_rows.push_back(read_changed_row(row));
  }
  result.pictures = read_pictures(evidence);
}

}  // namespace modelgate
