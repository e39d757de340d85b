// SPDX-License-Identifier: Apache-2.0
#include "gate/report/read_report.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gate/integrity/strict_json.hpp"
#include "gate/report/json.hpp"
#include "gate/report/json_check.hpp"
#include "gate/report/report_sense.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

constexpr std::array tasks{Task::binary, Task::multiclass, Task::multilabel, Task::regression, Task::ranking};
constexpr std::array kinds{VerdictKind::pass, VerdictKind::block, VerdictKind::error};
constexpr std::array exit_codes{ExitCode::pass,   ExitCode::block,  ExitCode::usage,  ExitCode::error,
                                ExitCode::report, ExitCode::sigint, ExitCode::sigterm};
constexpr std::array reuse_states{Reuse::Status::unknown, Reuse::Status::not_judged, Reuse::Status::counted,
                                  Reuse::Status::candidates_exhausted, Reuse::Status::looks_exhausted};

enum class ScopeWord { full, partial };
std::string_view to_string(ScopeWord word) { return word == ScopeWord::full ? "full" : "partial"; }

enum class PopulationWord { sample, fixed };
std::string_view to_string(PopulationWord word) { return word == PopulationWord::sample ? "sample" : "fixed"; }

constexpr std::uintmax_t longest_report = 1ULL << 30U;  // bytes; 3,000 checks take some 30 MB

std::vector<std::string> read_texts(const JsonNode& node) {
  std::vector<std::string> texts;
  for (const JsonNode& one : node.items()) texts.push_back(one.text());
  return texts;
}

void read_plan(const JsonNode& top, Plan& plan) {
  const JsonNode run = top.at("run");
  plan.name = top.at("gate").text();
  plan.task = top.at("task").word(tasks);
  plan.gate_file = run.at("gate_file").text_or_empty();
  plan.gate_sha256 = run.at("gate_sha256").text_or_empty();
  plan.extends_file = run.at("extends_file").text_or_empty();
  plan.extends_sha256 = run.at("extends_sha256").text_or_empty();
  plan.runtime.seed = run.at("seed").count();
  for (const JsonNode& one : run.at("overrides").items())
    plan.overrides.push_back({one.at("key").text(), one.at("value").text()});
  const bool fixed =
      top.at("dataset").at("population").word(std::array{PopulationWord::sample, PopulationWord::fixed}) ==
      PopulationWord::fixed;
  plan.dataset.population = fixed ? Population::fixed : Population::sample;
}

ModelRecord read_model(const JsonNode& node) {
  ModelRecord model;
  if (node.is_null()) return model;
  model.present = true;
  model.path = node.at("path").text();
  model.sha256 = node.at("sha256").text_or_empty();
  model.version = node.at("version").text_or_empty();
  model.origin = node.at("origin").text_or_empty();
  if (const auto signer = node.find("signed_by")) model.signed_by = signer->text();
  return model;
}

void read_place(const JsonNode& node, RunRecord& run) {
  run.tool_version = node.at("tool_version").text();
  run.git_commit = node.at("git_commit").text_or_empty();
  run.git_ref = node.at("git_ref").text_or_empty();
  run.ci_system = node.at("ci_system").text_or_empty();
  run.ci_url = node.at("ci_url").text_or_empty();
  run.change_request = node.at("change_request").text_or_empty();
  run.actor = node.at("actor").text_or_empty();
  run.hostname = node.at("host").text_or_empty();
  run.started = node.at("started").text_or_empty();
  run.seconds = node.at("seconds").number_or_nan();
}

void read_run(const JsonNode& top, RunRecord& run) {
  const JsonNode node = top.at("run");
  read_place(node, run);
  run.waivers_file = node.at("waivers_file").text_or_empty();
  run.waivers_sha256 = node.at("waivers_sha256").text_or_empty();
  run.ledger = {node.at("ledger_sha256_before").text_or_empty(), node.at("ledger_sha256_after").text_or_empty()};
  for (const Role role : both_roles) run.models[index_of(role)] = read_model(top.at("models").at(to_string(role)));
  const JsonNode dataset = top.at("dataset");
  run.dataset_path = dataset.at("path").text_or_empty();
  run.dataset_sha256 = dataset.at("sha256").text_or_empty();
  run.dataset_rows = dataset.at("rows").count();
  for (const auto& [name, value] : top.at("environment").members()) run.environment.emplace_back(name, value.text());
  run.isolation = top.at("isolation").text();
}

Reuse read_reuse(const JsonNode& node) {
  Reuse reuse;
  reuse.status = node.at("status").word(reuse_states);
  reuse.ledger = node.at("ledger").text_or_empty();
  reuse.known_by = node.at("known_by").text_or_empty();
  reuse.candidates = node.at("candidates").count_or_none().value_or(0);
  reuse.budget = node.at("budget").count_or_none().value_or(0);
  reuse.looks = node.at("looks").count_or_none().value_or(0);
  for (const JsonNode& rows : node.at("look_rows").items()) reuse.look_rows.push_back(rows.number_or_nan());
  reuse.seen = node.at("seen").flag();
  reuse.fail_level = node.at("fail_level").number_or_nan();
  reuse.sentence = node.at("message").text();
  return reuse;
}

ExitCode read_exit_code(const JsonNode& node) {
  const std::uint64_t code = node.count();
  for (const ExitCode one : exit_codes)
    if (static_cast<std::uint64_t>(one) == code) return one;
  node.refuse("is no exit code of modelgate");
  return ExitCode::error;
}

void read_checks(const JsonNode& top, StoredReport& report) {
  const JsonNode seconds = top.at("run").at("check_seconds");
  for (const JsonNode& one : top.at("checks").items()) {
    CheckResult check = read_check(one, report.plan, report.specs);
    check.seconds = seconds.at(check.id).number_or_nan();
    report.verdict.checks.push_back(std::move(check));
  }
  for (const JsonNode& one : top.at("not_judged").items()) {
    const DeclaredPlace place = read_declared_at(one.at("declared_at"), report.plan);
    report.verdict.not_judged.push_back({one.at("id").text(), one.at("reason").text(), one.at("partial").flag(),
                                         place.line, read_family(one.at("type")), place.file});
  }
}

void read_verdict(const JsonNode& top, Verdict& verdict) {
  verdict.kind = top.at("verdict").word(kinds);
  verdict.exit_code = read_exit_code(top.at("exit_code"));
  verdict.headline = top.at("headline").text();
  verdict.partial = top.at("scope").word(std::array{ScopeWord::full, ScopeWord::partial}) == ScopeWord::partial;
  verdict.warnings = read_texts(top.at("warnings"));
  const JsonNode chance = top.at("p_block_equal");
  if (!chance.is_null())
    verdict.block_chance = BlockChance{chance.at("probability").number_or_nan(), chance.at("assumption").text()};
  verdict.reuse = read_reuse(top.at("reuse"));
}

std::unexpected<Error> unreadable(const std::string& file, std::string_view what) {
  return data_error(
      fmt::format("{}: {} Nothing can be concluded from it. Take the report.json of a modelgate run as it was written, "
                  "or run the gate again.",
                  clean_line(file), what));
}

std::unexpected<Error> unreadable(const std::string& file, const JsonTrouble& trouble) {
  const std::string where = trouble.pointer.empty() ? "the document" : clean_line(trouble.pointer, 200);
  return unreadable(file, fmt::format("{} {}.", where, trouble.what));
}

/// Before anything else: of another layout nothing can be said field by field.
std::optional<std::string> foreign_schema(const JsonNode::Json& json) {
  if (!json.is_object() || !json.contains("schema_version")) return "this is no report.json of modelgate.";
  const auto& version = json["schema_version"];
  if (version == report_schema_version) return std::nullopt;
  return fmt::format("/schema_version is {}, and this modelgate reads {} only; use the version that wrote it.",
                     clean_line(version.dump(), 40), report_schema_version);
}

}  // namespace

Result<StoredReport> parse_report(std::string_view bytes, const std::string& file) {
  auto document = strict_json(bytes, "report of modelgate");
  if (!document) return unreadable(file, clean_line(document.error(), 300));
  const JsonNode::Json json = std::move(*document);
  if (const auto foreign = foreign_schema(json)) return unreadable(file, *foreign);
  JsonTrouble trouble;
  const JsonNode top(json, trouble);
  StoredReport report;
  read_plan(top, report.plan);
  read_run(top, report.run);
  read_verdict(top, report.verdict);
  read_checks(top, report);
  if (!trouble.what.empty()) return unreadable(file, trouble);
  if (const auto contradiction = contradiction_in(report.verdict)) return unreadable(file, *contradiction);
  const auto differs = first_difference(json, JsonNode::Json::parse(json_text(report.view())));
  if (differs) return unreadable(file, {*differs, "is not what modelgate writes there"});
  return report;
}

Result<StoredReport> read_report(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return unreadable(file, "this is a folder; name the report.json in it.");
  if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
    return unreadable(file, "this is a pipe or device, of which nobody knows where it ends; name a file.");
  if (const auto size = std::filesystem::file_size(file, ignored); !ignored && size > longest_report)
    return unreadable(file, "the file is larger than any report of modelgate.");
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream whole;
  whole << stream.rdbuf();  // fails where nothing is there or the disk gives an error; an iterator would throw
  const bool read = stream.is_open() && whole.good();
  const std::string bytes = std::move(whole).str();
  if (!read || bytes.empty())
    return unreadable(file, stream.is_open() ? std::string("the file is empty or cannot be read.")
                                             : fmt::format("the file cannot be opened: {}.", std::strerror(errno)));
  return parse_report(bytes, file);
}

}  // namespace modelgate
