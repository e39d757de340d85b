// SPDX-License-Identifier: Apache-2.0
#include "checks/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace modelgate {
namespace {

constexpr std::size_t max_classes = 1600;  // the cube of it still fits a 32-bit code
constexpr std::size_t max_dense_cells = 1U << 22U;

std::size_t class_count(const ScoreTable& table, const std::array<bool, 2>& usable) {
  if (table.task == Task::binary) return 2;
  std::size_t classes = table.rows.class_names.size();
  for (const Role role : both_roles) {
    const Predictions& model = table.model(role);
    if (!usable[index_of(role)]) continue;
    if (model.kind != OutputKind::klass) classes = std::max(classes, model.width);
    for (const std::int32_t decided : model.classes)
      classes = std::max(classes, static_cast<std::size_t>(std::max(decided, 0)) + 1);
  }
  for (const std::int32_t label : table.rows.label_class)
    classes = std::max(classes, static_cast<std::size_t>(std::max(label, 0)) + 1);
  return classes;
}

/// Appends a model's decision to the code of every row: code · classes + decision.
using Codes = std::span<std::uint32_t>;

template <class Score>
void decide_binary(std::span<const Score> scores, double threshold, Codes codes) {
  const auto own = static_cast<Score>(threshold);
  for (std::size_t row = 0; row < codes.size(); ++row) codes[row] = codes[row] * 2 + (scores[row] >= own ? 1 : 0);
}

template <class Score>
void decide_multiclass(std::span<const Score> scores, std::size_t width, std::size_t classes, Codes codes) {
  const auto base = static_cast<std::uint32_t>(classes);
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const auto of_row = scores.subspan(row * width, width);
    codes[row] = codes[row] * base + static_cast<std::uint32_t>(std::ranges::max_element(of_row) - of_row.begin());
  }
}

Result<void> take_classes(const Predictions& model, Role role, std::size_t classes, Codes codes) {
  const auto base = static_cast<std::uint32_t>(classes);
  for (std::size_t row = 0; row < codes.size(); ++row) {
    const auto decided = static_cast<std::uint32_t>(model.classes[row]);
    if (decided >= base)
      return model_error(Reason::wrong_shape, fmt::format("The {} model names a class that does not exist in row {}.",
                                                          to_string(role), row + 1));
    codes[row] = codes[row] * base + decided;
  }
  return {};
}

Result<void> decide(const ScoreTable& table, Role role, std::size_t classes, Codes codes) {
  const Predictions& model = table.model(role);
  const bool binary = table.task == Task::binary;
  const bool classed = model.kind == OutputKind::klass;
  const std::size_t numbers =
      classed ? model.classes.size() : std::visit([](const auto& scores) { return scores.size(); }, model.scores);
  const std::size_t wanted = table.rows.rows * (binary || classed ? 1 : model.width);
  if (numbers != wanted || model.width == 0)
    return model_error(Reason::wrong_shape,
                       fmt::format("The {} model's predictions do not cover the rows.", to_string(role)));
  if (classed) return take_classes(model, role, classes, codes);
  std::visit(
      [&](const auto& scores) {
        const std::span view{scores};
        binary ? decide_binary(view, model.positive_threshold, codes)
               : decide_multiclass(view, model.width, classes, codes);
      },
      model.scores);
  return {};
}

std::vector<GroupCells> empty_groups(const Grouping& grouping, std::size_t classes) {
  std::vector<GroupCells> groups(grouping.size());
  for (std::size_t group = 0; group < groups.size(); ++group) {
    groups[group].rows = grouping.rows[group];
    groups[group].classes = classes;
  }
  return groups;
}

Cell cell_of(std::size_t code, std::size_t classes, std::uint64_t count) {
  return {static_cast<std::uint32_t>(code / (classes * classes)),
          static_cast<std::uint32_t>(code / classes % classes),
          static_cast<std::uint32_t>(code % classes),
          count,
          static_cast<double>(count),
          static_cast<double>(count)};
}

std::vector<GroupCells> count_dense(const JointCodes& joint, const Grouping& grouping, std::size_t cube) {
  std::vector<std::uint64_t> counts(grouping.size() * cube, 0);
  if (grouping.codes.empty())
    for (const std::uint32_t code : joint.codes) ++counts[code];
  else
    for (std::size_t row = 0; row < joint.codes.size(); ++row) ++counts[grouping.codes[row] * cube + joint.codes[row]];
  std::vector<GroupCells> groups = empty_groups(grouping, joint.classes);
  for (std::size_t at = 0; at < counts.size(); ++at)
    if (counts[at] != 0) groups[at / cube].cells.push_back(cell_of(at % cube, joint.classes, counts[at]));
  return groups;
}

/// Many classes: most of the cube is empty, so the codes are sorted instead.
std::vector<GroupCells> count_sparse(const JointCodes& joint, const Grouping& grouping) {
  std::vector<std::uint64_t> keys(joint.codes.size());
  for (std::size_t row = 0; row < keys.size(); ++row)
    keys[row] = (static_cast<std::uint64_t>(grouping.code(row)) << 32U) | joint.codes[row];
  std::ranges::sort(keys);
  std::vector<GroupCells> groups = empty_groups(grouping, joint.classes);
  for (std::size_t begin = 0; begin < keys.size();) {
    std::size_t end = begin;
    while (end < keys.size() && keys[end] == keys[begin]) ++end;
    groups[keys[begin] >> 32U].cells.push_back(cell_of(keys[begin] & 0xffffffffU, joint.classes, end - begin));
    begin = end;
  }
  return groups;
}

}  // namespace

Result<std::vector<std::uint32_t>> row_decisions(const ScoreTable& table, Role role, std::size_t classes) {
  std::vector<std::uint32_t> decided(table.rows.rows, 0);
  if (const Result<void> done = decide(table, role, classes, decided); !done) return std::unexpected(done.error());
  return decided;
}

Result<JointCodes> joint_codes(const ScoreTable& table, const std::array<bool, 2>& usable) {
  const std::size_t classes = class_count(table, usable);
  if (classes > max_classes)
    return data_error(
        fmt::format("{} classes are more than the {} that label metrics can count.", classes, max_classes));
  if (table.rows.label_class.size() != table.rows.rows) return data_error("The golden rows carry no class labels.");
  JointCodes joint;
  joint.classes = classes;
  joint.codes.resize(table.rows.rows);
  for (std::size_t row = 0; row < joint.codes.size(); ++row) {
    joint.codes[row] = static_cast<std::uint32_t>(table.rows.label_class[row]);
    if (joint.codes[row] >= classes) return data_error(fmt::format("The label of row {} is not a class.", row + 1));
  }
  const auto base = static_cast<std::uint32_t>(classes);
  for (const Role role : both_roles) {
    if (!usable[index_of(role)]) {
      for (std::uint32_t& code : joint.codes) code *= base;
      continue;
    }
    if (Result<void> decided = decide(table, role, classes, joint.codes); !decided)
      return std::unexpected(decided.error());
  }
  return joint;
}

std::vector<GroupCells> count_cells(const JointCodes& joint, const Grouping& grouping) {
  const std::size_t cube = joint.classes * joint.classes * joint.classes;
  return grouping.size() * cube <= max_dense_cells ? count_dense(joint, grouping, cube) : count_sparse(joint, grouping);
}

}  // namespace modelgate
