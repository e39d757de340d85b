// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

#include "gate/core/number_text.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t label_width = 13;

/// "  label     text", wrapped under itself.
std::string row(std::string_view label, const std::string& text) {
  if (text.empty()) return {};
  std::string lines;
  for (const std::string& part : wrap(clean_line(text), width - label_width))
    lines += pad_right(lines.empty() ? "  " + std::string(label) : "", label_width) + part + "\n";
  return lines;
}

std::string paragraph(const std::string& text) {
  std::string lines;
  for (const std::string& part : wrap(clean_line(text), width)) lines += part + "\n";
  return lines;
}

std::string label_text(const propose::Roles& roles) {
  const std::string positive =
      roles.positive ? fmt::format("; positive: {} ({})", *roles.positive, roles.positive_why.text) : "";
  return fmt::format("{} ({}){}", fmt::join(roles.labels, ", "), roles.label_why.text, positive);
}

std::string shortened(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  if (names.size() <= most) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{}, … ({} in all)", fmt::join(std::span(names).first(most), ", "), names.size());
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string model_text(const propose::ModelDraft& model) {
  if (model.source == ModelSource::absent) return {};
  if (model.source != ModelSource::live)
    return fmt::format("{}column {}", model.path.empty() ? "" : file_name(model.path) + ", ", shortened(model.columns));
  std::string text = file_name(model.path);
  for (const InputSpec& input : model.inputs)
    text += fmt::format("; {} {}", to_string(input.dtype), shortened(input.columns));
  return text;
}

/// Columns that neither a live model reads nor a check looks at; a forgotten feature would stand among them.
std::vector<std::string> unused(const InitReport& report) {
  const propose::Roles& roles = report.proposal.roles;
  std::set<std::string> used{roles.id, roles.weight, roles.cluster, roles.query};
  for (const auto& columns : {roles.labels, roles.attributes, roles.slices})
    used.insert(columns.begin(), columns.end());
  for (const std::string& one : roles.left_out) used.insert(one.substr(0, one.rfind(": ")));
  bool live = false;
  for (const propose::ModelDraft& model : report.proposal.models) {
    live = live || model.source == ModelSource::live;
    used.insert(model.columns.begin(), model.columns.end());
    for (const InputSpec& input : model.inputs) used.insert(input.columns.begin(), input.columns.end());
  }
  std::vector<std::string> names;
  for (const ColumnProfile& column : report.golden.columns) {
    if (live && !used.contains(column.name)) names.push_back(column.name);
  }
  return names;
}

std::string found(const InitReport& report) {
  const propose::Proposal& proposal = report.proposal;
  const propose::Roles& roles = proposal.roles;
  const std::size_t rows = report.golden.all_rows.value_or(report.golden.rows);
  std::string text =
      paragraph(fmt::format("{}: {}{} rows, {} columns", report.golden.written,
                            report.golden.all_rows ? "" : "at least ", count_text(rows), report.golden.columns.size()));
  text += row("task", fmt::format("{} ({})", to_string(roles.task), roles.task_why.text));
  text += row("label", label_text(roles));
  text += row("id", roles.id);
  text += row("weight", roles.weight) + row("cluster", roles.cluster) + row("query", roles.query);
  text += row("groups", fmt::format("{}", fmt::join(roles.attributes, ", ")));
  text += row("slices", fmt::format("{}", fmt::join(roles.slices, ", ")));
  text += row("candidate", model_text(proposal.models[index_of(Role::candidate)]));
  text += row("production", model_text(proposal.models[index_of(Role::production)]));
  for (const std::string& column : roles.left_out) text += row("left out", column);
  text += row("not used", shortened(unused(report)));
  for (const std::string& one : report.told) text += row("note", one);
  return text;
}

std::string doubts(const InitReport& report) {
  if (report.doubts.empty()) return {};
  std::string text = "\nLook at these lines (marked CHECK):\n";
  for (const propose::Doubt& doubt : report.doubts) {
    const std::string place = fmt::format("  line {}: ", doubt.line);
    std::string lines;
    for (const std::string& part : wrap(clean_line(doubt.text), width - place.size()))
      lines += (lines.empty() ? place : std::string(place.size(), ' ')) + part + "\n";
    text += lines;
  }
  return text;
}

}  // namespace

std::string init_text(const InitReport& report) {
  std::string text = found(report);
  text +=
      "\n" + paragraph(fmt::format("{} is written: {} checks.{}", report.gate_file, report.proposal.checks.size(),
                                   report.schema.empty() ? "" : " " + report.schema + " beside it lets editors help."));
  if (report.block_chance)
    text += paragraph(fmt::format("A model equal to production passes it in about {:.0f} % of runs.",
                                  100.0 * (1.0 - report.block_chance->probability)));
  for (const std::string& refusal : report.refusals)
    text +=
        "\n" + paragraph("warning: the inputs are a guess that the model did not take, so correct them before a run. " +
                         refusal);
  text += doubts(report);
  const bool first = report.proposal.models[index_of(Role::production)].source == ModelSource::absent;
  const std::string gate = report.gate_file == "modelgate.yaml" ? "" : " -c " + report.gate_file;
  const std::string release = first ? " --first-release" : "";
  text += fmt::format("\nNext:\n  modelgate validate{0}{1}\n  modelgate plan{0}{1}\n  modelgate run{0}{1}\n", gate,
                      release);
  text += paragraph(
      "In CI the last of them is a step: exit 1 blocks. modelgate's ci/github, ci/gitlab and ci/jenkins have it "
      "ready, with a guide each.");
  return log_safe(text);
}

}  // namespace modelgate
