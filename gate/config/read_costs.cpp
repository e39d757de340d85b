// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gate/config/quantity.hpp"
#include "gate/config/read.hpp"
#include "gate/config/suggest.hpp"

namespace modelgate {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// Reads the costs of several classes, as rows or by name; each method says what is wrong and where.
class MatrixReader {
 public:
  MatrixReader(const Section& top, const std::vector<std::string>& classes)
      : costs_(*top.node("costs")),
        classes_(classes),
        names_(classes.begin(), classes.end()),
        problems_(top.problems()) {}

  std::optional<Matrix> read() {
    if (classes_.empty()) {
      return refuse(costs_.place, "\"costs\" needs output.classes, which say what the classes are and their order",
                    "write output: {classes: [NAME, ...]}");
    }
    auto matrix = costs_.kind == YamlNode::Kind::list ? rows() : by_name();
    if (!matrix || !diagonal_is_zero(*matrix)) return std::nullopt;
    const bool any = std::ranges::any_of(
        *matrix, [](const auto& row) { return std::ranges::any_of(row, [](double cost) { return cost > 0.0; }); });
    if (any) return matrix;
    return refuse(costs_.place, "\"costs\" are all zero: nothing could differ", "write what each wrong decision costs");
  }

 private:
  std::nullopt_t refuse(Place place, std::string what, std::string hint = {}) {
    problems_.add(place, std::move(what), std::move(hint));
    return std::nullopt;
  }

  std::optional<Matrix> rows() {
    const std::size_t size = classes_.size();
    const std::string shape = fmt::format("{} × {}", size, size);
    if (costs_.items.size() != size) {
      return refuse(costs_.place, fmt::format("\"costs\" has {} rows for {} classes", costs_.items.size(), size),
                    "a row for each label, in the order of output.classes");
    }
    Matrix matrix;
    for (const YamlNode& row : costs_.items) {
      if (row.items.size() != size) {
        return refuse(row.place,
                      fmt::format("a row of \"costs\" has {} numbers; {} are needed", row.items.size(), size),
                      fmt::format("\"costs\" is {}: a row for each label, a number for each decision", shape));
      }
      std::vector<double>& costs = matrix.emplace_back();
      for (const YamlNode& item : row.items) costs.push_back(parse_number(item.text).value_or(0.0));
    }
    return matrix;
  }

  std::optional<std::size_t> class_of(const NodeKey& key) {
    const auto hit = std::ranges::find(classes_, key.text);
    if (hit != classes_.end()) return static_cast<std::size_t>(hit - classes_.begin());
    return refuse(key.place, fmt::format("\"costs\" names a class \"{}\" that is not among output.classes", key.text),
                  did_you_mean(key.text, names_, fmt::format("choices: {}", one_of(names_))));
  }

  std::optional<double> cost(const YamlNode& value, const NodeKey& key) {
    const auto amount = value.kind != YamlNode::Kind::scalar || value.quoted ? std::nullopt : parse_number(value.text);
    if (!amount) return refuse(key.place, "\"costs\" needs a number for each cost");
    if (*amount >= 0.0) return amount;
    return refuse(value.place, "\"costs\" cannot be negative", "what a right decision earns is a cost of 0");
  }

  std::optional<Matrix> by_name() {
    Matrix matrix(classes_.size(), std::vector<double>(classes_.size(), std::nan("")));
    for (std::size_t i = 0; i < classes_.size(); ++i) matrix[i][i] = 0.0;
    bool good = true;
    for (std::size_t i = 0; i < costs_.keys.size(); ++i) good = read_row(i, matrix) && good;
    return good && is_whole(matrix) ? std::optional{std::move(matrix)} : std::nullopt;
  }

  bool read_row(std::size_t position, Matrix& matrix) {
    const YamlNode& row = costs_.items[position];
    const auto label = class_of(costs_.keys[position]);
    if (!label) return false;
    if (row.kind != YamlNode::Kind::map) {
      refuse(costs_.keys[position].place,
             fmt::format("\"costs\" of \"{}\" needs a map from decision to cost", classes_[*label]),
             fmt::format("{}: {{{}: 1}}", classes_[*label], classes_[*label == 0 ? 1 : 0]));
      return false;
    }
    bool good = true;
    for (std::size_t i = 0; i < row.keys.size(); ++i) {
      const auto decision = class_of(row.keys[i]);
      const auto amount = cost(row.items[i], row.keys[i]);
      good = good && decision && amount;
      if (decision && amount) matrix[*label][*decision] = *amount;
    }
    return good;
  }

  bool is_whole(const Matrix& matrix) {
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      for (std::size_t j = 0; j < matrix.size(); ++j) {
        if (!std::isnan(matrix[i][j])) continue;
        refuse(costs_.place,
               fmt::format("\"costs\" does not say what {} costs where the label is {}", classes_[j], classes_[i]),
               "every wrong decision needs a cost; 0 where it does not matter");
        return false;
      }
    }
    return true;
  }

  bool diagonal_is_zero(const Matrix& matrix) {
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      if (matrix[i][i] == 0.0) continue;
      const bool is_list = costs_.kind == YamlNode::Kind::list;
      refuse(is_list ? costs_.items[i].items[i].place : costs_.place,
             fmt::format("\"costs\" of a right decision ({}) must be 0, not {:.15g}", classes_[i], matrix[i][i]),
             "write 0 on the diagonal");
      return false;
    }
    return true;
  }

  const YamlNode& costs_;
  const std::vector<std::string>& classes_;
  std::vector<std::string_view> names_;
  Problems& problems_;
};

std::optional<CostSpec> read_binary(const Section& top) {
  const YamlNode* const written = top.node("costs");
  if (written->kind != YamlNode::Kind::map) {
    top.problems().add(written->place, "\"costs\" of a binary task is a map", "write costs: {fp: 1, fn: 5}");
    return std::nullopt;
  }
  const Section section = top.section("costs");
  if (!section.given("fp") || !section.given("fn")) return std::nullopt;
  CostSpec costs{section.number("fp"), section.number("fn"), {}};
  if (costs.false_positive > 0.0 || costs.false_negative > 0.0) return costs;
  top.problems().add(section.place(), "\"costs\" are all zero: nothing could differ",
                     "write what each wrong decision costs");
  return std::nullopt;
}

}  // namespace

std::optional<CostSpec> read_costs(const Section& top, const std::vector<std::string>& classes, Task task) {
  if (!top.given("costs")) return std::nullopt;
  if (task == Task::binary) return read_binary(top);
  if (task != Task::multiclass) {
    top.problems().add(top.key_place("costs"),
                       fmt::format("\"costs\" is for binary and multiclass tasks; this one is {}", to_string(task)),
                       "remove it");
    return std::nullopt;
  }
  auto matrix = MatrixReader(top, classes).read();
  if (!matrix) return std::nullopt;
  return CostSpec{1.0, 1.0, std::move(*matrix)};
}

}  // namespace modelgate
