// SPDX-License-Identifier: Apache-2.0
#include "gate/propose/gate_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gate/config/yaml_text.hpp"
#include "gate/propose/inputs.hpp"

namespace modelgate::propose {
namespace {

constexpr std::size_t width = 120;
constexpr std::size_t comment_column = 40;

std::string_view word_of(OutputKind kind) {
  switch (kind) {
    case OutputKind::probability: return "probability";
    case OutputKind::logit: return "logit";
    case OutputKind::klass: return "class";
    case OutputKind::value: return "value";
    case OutputKind::score: return "score";
  }
  return "probability";
}

class GateWriter {
 public:
  GateWriter(const Proposal& proposal, const TableProfile& golden) : proposal_(proposal), golden_(golden) {}

  GateText write() {
    write_head();
    write_model(Role::candidate);
    if (model(Role::production).source != ModelSource::absent) {
      write_model(Role::production);
    } else {
      write_first_release();
    }
    write_dataset();
    write_output();
    line(0, "runtime: {threads: 1, timeout: 10min, seed: 1}", {"timeout: a worker's whole life; seed: of resampling"});
    line(0, "");
    write_checks();
    return std::move(out_);
  }

 private:
  const ModelDraft& model(Role role) const { return proposal_.models[index_of(role)]; }

  void raw(const std::string& text) {
    out_.text += text + "\n";
    ++lines_;
  }

  /// A line with its comment behind it, or above it where both do not fit.
  void line(std::size_t indent, const std::string& text, const Why& why = {}) {
    const std::string lead(indent, ' ');
    if (why.text.empty()) return raw(text.empty() ? "" : lead + text);
    const std::string comment = yaml_comment((why.sure ? "# " : "# CHECK: ") + why.text);
    if (text.empty()) {
      if (!why.sure) out_.doubts.push_back({lines_ + 1, yaml_comment(why.text)});
      return above(lead, comment);
    }
    const std::size_t start = std::max(comment_column, lead.size() + text.size() + 2);
    const bool fits = start + comment.size() <= width;
    if (!fits) above(lead, comment);
    if (!why.sure) out_.doubts.push_back({lines_ + 1, yaml_comment(why.text)});
    if (!fits) return raw(lead + text);
    raw(lead + text + std::string(start - lead.size() - text.size(), ' ') + comment);
  }

  /// A comment on lines of its own, broken at spaces.
  void above(const std::string& lead, std::string comment) {
    while (lead.size() + comment.size() > width) {
      const std::size_t cut = comment.rfind(' ', width - lead.size());
      if (cut == std::string::npos || cut < 2) break;
      raw(lead + comment.substr(0, cut));
      comment = "# " + comment.substr(cut + 1);
    }
    raw(lead + comment);
  }

  void write_head() {
    if (!proposal_.schema.empty()) {
      raw("# yaml-language-server: $schema=" + proposal_.schema);
      raw("# The line above gives editors completion and checking; `modelgate validate --schema` writes that file.");
    }
    raw("# Proposed by modelgate init from the files below. What a person should look at is marked CHECK.");
    raw("# Paths in this file are relative to it, those on the command line to the working directory.");
    line(0, "version: 1");
    line(0, "name: " + yaml_scalar(proposal_.name), {"first word of every JUnit suite; keep it from run to run"});
    line(0, fmt::format("task: {}", to_string(proposal_.roles.task)), proposal_.roles.task_why);
    line(0, "on_inconclusive: guard", {"too few rows to prove it? warn if grave harm is excluded, else block"});
    line(0, "");
  }

  void write_model(Role role) {
    const ModelDraft& draft = model(role);
    const bool candidate = role == Role::candidate;
    line(0, fmt::format("{}:", to_string(role)),
         {candidate ? "the model that wants to be deployed; --candidate replaces it"
                    : "the model that is deployed now; every max_regression compares with it"});
    if (draft.source == ModelSource::live)
      line(2, "model: " + yaml_scalar(draft.path),
           {draft.path.ends_with(".pt2") ? "AOTInductor package, run in a process of its own"
                                         : "TorchScript, run in a process of its own"});
    else if (draft.source == ModelSource::recorded)
      line(2, "predictions: " + yaml_scalar(draft.path), {"recorded predictions, joined by id"});
    else
      line(2, "predictions: dataset", {"columns of the golden rows"});
    if (!draft.columns.empty()) list(2, "columns: [", draft.columns, "]", draft.columns_why);
    write_own_output(draft);
    if (role == Role::production && draft.source == ModelSource::live && !shares_inputs()) write_inputs(draft, 2);
    line(0, "");
  }

  void write_own_output(const ModelDraft& draft) {
    std::vector<std::string> keys;
    if (draft.own_kind) keys.push_back(fmt::format("kind: {}", word_of(*draft.own_kind)));
    if (draft.index) keys.push_back(fmt::format("index: {}", *draft.index));
    if (!draft.entry.empty()) keys.push_back("name: " + yaml_scalar(draft.entry));
    if (keys.empty()) return;
    line(2, fmt::format("output: {{{}}}", fmt::join(keys, ", ")), {"read in its own way", false});
  }

  /// Commented out: only people can say who answers for it.
  void write_first_release() {
    raw("# No production model yet: absolute limits only, with `modelgate run --first-release`, or in CI with these "
        "terms:");
    raw("# first_release: {owner: WHO, reason: nothing is deployed yet, until: 2099-12-31}");
    raw("# Once something is deployed, compare with it:");
    raw("# production: {model: production.pt}");
    line(0, "");
  }

  bool shares_inputs() const {
    return model(Role::candidate).source == ModelSource::live &&
           model(Role::candidate).inputs == model(Role::production).inputs;
  }

  void write_dataset() {
    const Roles& roles = proposal_.roles;
    line(0, "dataset:", {"the golden rows: both models are judged on the same ones, and see inputs only"});
    line(2, "path: " + yaml_scalar(proposal_.dataset), {"file, glob or folder"});
    if (!roles.id.empty()) line(2, "id: " + yaml_scalar(roles.id), roles.id_why);
    write_label();
    if (!roles.weight.empty())
      line(2, "weight: " + yaml_scalar(roles.weight), {"a sampling weight by its name: rows count by it", false});
    if (!roles.cluster.empty())
      line(2, "cluster: " + yaml_scalar(roles.cluster), {"its rows belong together and are judged as one", false});
    if (!roles.query.empty()) line(2, "query: " + yaml_scalar(roles.query), {"its rows are one ranked list"});
    if (proposal_.min_rows > 0)
      line(2, fmt::format("min_rows: {}", proposal_.min_rows), {"a truncated file cannot pass"});
    if (model(Role::candidate).source == ModelSource::live) write_inputs(model(Role::candidate), 2);
    line(0, "");
  }

  void write_label() {
    const Roles& roles = proposal_.roles;
    if (roles.labels.size() > 1) {
      list(2, "label: {columns: [", roles.labels, "]}", roles.label_why);
    } else if (roles.positive) {
      line(2, "label:", roles.label_why);
      line(4, "column: " + yaml_scalar(roles.labels.front()));
      line(4, "positive: " + yaml_scalar(*roles.positive), roles.positive_why);
    } else if (roles.task == Task::multilabel) {
      line(2, "label: {columns: " + yaml_list(roles.labels) + "}", roles.label_why);
    } else {
      line(2, "label: " + yaml_scalar(roles.labels.front()), roles.label_why);
    }
  }

  void write_inputs(const ModelDraft& draft, std::size_t indent) {
    line(indent, "inputs:", draft.inputs_why);
    for (const InputSpec& input : draft.inputs) write_input(input, indent + 2);
  }

  void write_input(const InputSpec& input, std::size_t indent) {
    list(indent, "- columns: [", with_patterns(input.columns, golden_), "]");
    line(indent + 2, fmt::format("dtype: {}", to_string(input.dtype)), dtype_why(input));
    if (!input.shape.empty())
      line(indent + 2, fmt::format("shape: [{}]", fmt::join(input.shape, ", ")), {"of one row"});
    if (input.nulls.kind == NullPolicy::Kind::nan)
      line(indent + 2, "nulls: nan", {"some cells are empty; does the model expect NaN?", false});
    if (input.nulls.kind == NullPolicy::Kind::number)
      line(indent + 2, fmt::format("nulls: {:g}", input.nulls.number),
           {"some cells are empty and NaN gave no number; what does your pipeline fill in?", false});
    if (!input.vocabulary.empty())
      line(indent + 2, "vocabulary: " + yaml_scalar(input.vocabulary), {"JSON: a code for each text, as in training"});
    if (input.unknown)
      line(indent + 2, fmt::format("unknown: {}", *input.unknown), {"code of a text that the vocabulary lacks", false});
  }

  static Why dtype_why(const InputSpec& input) {
    if (input.dtype == DType::string) return {"gives List[str]"};
    if (!input.shape.empty()) return {"the type that the model computes with"};
    return {fmt::format("a tensor [rows, {}]", input.columns.size())};
  }

  /// One line with its comment, or several, the comment above them, where the names do not fit.
  void list(std::size_t indent, const std::string& begin, const std::vector<std::string>& texts, const std::string& end,
            const Why& why = {}) {
    std::vector<std::string> rows{std::string(indent, ' ') + begin};
    const std::string under(indent + begin.size(), ' ');
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::string word = yaml_scalar(texts[i]) + (i + 1 < texts.size() ? "," : end);
      const bool first = rows.back().size() <= under.size();
      if (!first && rows.back().size() + 1 + word.size() > width)
        rows.push_back(under + word);
      else
        rows.back() += (first ? "" : " ") + word;
    }
    if (rows.size() == 1) return line(indent, rows.front().substr(indent), why);
    if (!why.text.empty()) line(indent, "", {why.text, why.sure});
    for (const std::string& row : rows) raw(row);
  }

  void write_output() {
    std::string text = fmt::format("kind: {}", word_of(proposal_.kind));
    line(0, "output:", {"how both models' numbers are read"});
    line(2, text, proposal_.kind_why);
    const bool decides = proposal_.roles.task == Task::binary || proposal_.roles.task == Task::multilabel;
    if (decides && proposal_.kind != OutputKind::klass)
      line(2, "positive_threshold: 0.5",
           {"from this probability on the answer is yes; is it what production uses?", false});
    if (!proposal_.classes.empty()) list(2, "classes: [", proposal_.classes, "]", proposal_.classes_why);
    line(0, "");
  }

  void write_checks() {
    line(0, "checks:", {"`modelgate explain METRIC` says what each does; `modelgate plan` what the rows can decide"});
    if (model(Role::production).source != ModelSource::absent) {
      raw("  # max_regression: by how much the candidate may be worse than production, proven by its interval. Margins "
          "are");
      raw("  # the smallest of a round ladder that an equal model passes in 80 % of runs on these rows: is more harm "
          "than");
      raw("  # that acceptable? Then widen; less? Then get more rows. Add min: or max: to bind the candidate alone.");
    }
    std::optional<Family> family;
    for (const CheckLine& check : proposal_.checks) {
      if (family != check.family) line(2, fmt::format("{}:", to_string(check.family)));
      family = check.family;
      write_check(check);
    }
  }

  void write_check(const CheckLine& check) {
    std::string text = fmt::format("- {{metric: {}", yaml_scalar(check.metric));
    if (check.family == Family::latency) text += ", batch: 1";
    if (!check.scope.empty())
      text += fmt::format(", {}: {}", check.family == Family::bias ? "attributes" : "slices", yaml_list({check.scope}));
    text += fmt::format(", {}: {}", to_string(check.word), check.limit);
    std::string extras;
    for (const std::string& extra : check.extra) extras += ", " + extra;
    if (4 + text.size() + extras.size() + 1 <= width) return line(4, text + extras + "}", {check.comment, check.sure});
    line(4, "", {check.comment, check.sure});
    if (extras.empty()) return raw("    " + text + "}");
    raw("    " + text + ",");
    raw("       " + extras.substr(2) + "}");
  }

  const Proposal& proposal_;
  const TableProfile& golden_;
  GateText out_;
  std::size_t lines_ = 0;
};

}  // namespace

GateText write_gate(const Proposal& proposal, const TableProfile& golden) {
  return GateWriter(proposal, golden).write();
}

}  // namespace modelgate::propose
