// SPDX-License-Identifier: Apache-2.0
#include "gate/app/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "gate/report/report.hpp"

namespace modelgate {
namespace {

namespace po = boost::program_options;

constexpr const char* pilot_help = "report.json of an earlier run: its spread in place of 10 % discordant rows";

/// "accuracy,latency" and repeated --only are the same.
std::vector<std::string> split_all(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) std::ranges::move(split_commas(text), std::back_inserter(parts));
  return parts;
}

/// What follows --name or -letter among words that cannot be parsed as a whole.
std::vector<std::string> values_of(std::span<const std::string> words, const std::string& name, char letter) {
  const std::string whole = "--" + name;
  const std::string brief{'-', letter};
  std::vector<std::string> values;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if ((word == brief || word == whole) && i + 1 < words.size())
      values.push_back(words[++i]);
    else if (word.starts_with(whole + "="))
      values.push_back(word.substr(whole.size() + 1));
    else if (word.starts_with(brief) && word.size() > brief.size())
      values.push_back(word.substr(brief.size()));
  }
  return values;
}

}  // namespace

po::options_description plan_description() {
  po::options_description options("What to judge", 80);
  auto add = options.add_options();
  add("config,c", po::value<std::string>()->default_value("modelgate.yaml"), "gate file");
  add("candidate", po::value<std::string>(), "candidate: a .pt or .pt2 model, or a predictions file or glob");
  add("production", po::value<std::string>(), "production: likewise");
  add("dataset", po::value<std::string>(), "golden dataset: file, glob or folder");
  add("set", po::value<std::vector<std::string>>(),
      "key=value, may repeat; reaches models, dataset.path and runtime, never limits");
  add("first-release", "there is no production model yet: judge absolute limits only");
  add("seed", po::value<std::uint64_t>(), "seed of every random choice [gate file, else 1]");
  return options;
}

PlanRequest plan_request(const po::variables_map& values) {
  PlanRequest request;
  request.gate_file = option_text(values, "config");
  request.candidate = option_text(values, "candidate");
  request.production = option_text(values, "production");
  request.dataset = option_text(values, "dataset");
  request.sets = option_list(values, "set");
  request.only = split_all(option_list(values, "only"));
  request.first_release = values.count("first-release") != 0;
  if (values.count("seed") != 0) request.seed = values["seed"].as<std::uint64_t>();
  return request;
}

bool asks_for_help(std::span<const std::string> words) {
  return std::ranges::any_of(words, [](const std::string& word) { return word == "--help" || word == "-h"; });
}

std::string option_text(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::string{} : values[name].as<std::string>();
}

std::vector<std::string> option_list(const po::variables_map& values, const char* name) {
  return values.count(name) == 0 ? std::vector<std::string>{} : values[name].as<std::vector<std::string>>();
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t comma = std::min(text.find(',', from), text.size());
    parts.emplace_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

Result<po::variables_map> parse(std::span<const std::string> words, const po::options_description& options,
                                std::string_view command, const po::positional_options_description& named) {
  po::variables_map values;
  try {
    using po::command_line_style::style_t;
    constexpr int style = style_t::unix_style & ~style_t::allow_guessing;  // an abbreviation may change meaning later
    po::store(
        po::command_line_parser({words.begin(), words.end()}).options(options).positional(named).style(style).run(),
        values);
    po::notify(values);
  } catch (const po::error& error) {
    return usage_error(fmt::format("modelgate {}: {}. See: modelgate {} --help", command, error.what(), command));
  }
  return values;
}

po::options_description run_description() {
  po::options_description options("modelgate run [options]", 80);
  options.add(plan_description());
  po::options_description output("What comes out", 80);
  auto add = output.add_options();
  add("output,o", po::value<std::vector<std::string>>(),
      ("report file (" + report_suffixes() + ") or folder/, may repeat [modelgate-report/<gate name>/]").c_str());
  add("only", po::value<std::vector<std::string>>(),
      "families or check ids, by commas; the report says scope: partial");
  add("quiet,q", "no progress, no table: the verdict line alone");
  add("help,h", "this text");
  options.add(output);
  return options;
}

po::options_description predict_description() {
  po::options_description options("modelgate predict --model candidate|production -o preds.parquet [options]", 80);
  options.add(plan_description());
  po::options_description output("What comes out", 80);
  auto add = output.add_options();
  add("model", po::value<std::string>(), "which model to run: candidate or production");
  add("output,o", po::value<std::string>(), "predictions file to write (.parquet)");
  add("shard", po::value<std::string>(), "i/n: the i-th of n parts of the rows, counted from 1");
  add("quiet,q", "no progress");
  add("help,h", "this text");
  options.add(output);
  return options;
}

po::options_description validate_description() {
  po::options_description options("modelgate validate [options]", 80);
  options.add(plan_description());
  po::options_description output("Other", 80);
  auto add = output.add_options();
  add("pilot", po::value<std::string>(), pilot_help);
  add("file-only", "check the gate files named after it, and open neither data nor models");
  add("resolved", "print the gate file with what it extends merged into it, and stop");
  add("reference", "print every key of the gate file as Markdown and stop");
  add("schema", "print the JSON Schema of the gate file and stop");
  add("help,h", "this text");
  options.add(output);
  return options;
}

po::options_description look_ahead_description() {
  po::options_description options("modelgate plan [options]", 80);
  options.add(plan_description());
  po::options_description output("What is known, and what comes out", 80);
  auto add = output.add_options();
  add("pilot", po::value<std::string>(), pilot_help);
  add("output,o", po::value<std::string>(), "plan.json to write beside the table");
  add("json", "print the JSON in place of the table");
  add("help,h", "this text");
  options.add(output);
  return options;
}

po::options_description init_description() {
  po::options_description options("modelgate init --candidate M [--production M] --dataset D [options]", 80);
  auto add = options.add_options();
  add("candidate", po::value<std::string>(),
      "a .pt or .pt2 model, a predictions file or glob (.parquet, .csv), or dataset:COLUMN[,COLUMN]");
  add("production", po::value<std::string>(), "likewise; without it the gate has absolute limits only");
  add("dataset", po::value<std::string>(), "golden rows: file, glob or folder of .parquet, .csv or .npz");
  add("output,o", po::value<std::string>()->default_value("modelgate.yaml"), "gate file to write");
  add("label", po::value<std::vector<std::string>>(), "column of the true answers; several by commas: multilabel");
  add("id", po::value<std::string>(), "unique key of the rows");
  add("task", po::value<std::string>(), "binary, multiclass, multilabel, regression or ranking");
  add("name", po::value<std::string>(), "name of the gate [the gate file's folder]");
  add("force", "replace a gate file that is there already");
  add("help,h", "this text");
  return options;
}

Result<RunOptions> parse_run(std::span<const std::string> words) {
  const auto values = parse(words, run_description(), "run");
  if (!values) return std::unexpected(values.error());
  return RunOptions{plan_request(*values), option_list(*values, "output"), values->count("quiet") != 0};
}

RunOptions legible_run(std::span<const std::string> words) {
  if (auto options = parse_run(words)) return std::move(*options);
  RunOptions options;
  options.outputs = values_of(words, "output", 'o');
  if (const auto files = values_of(words, "config", 'c'); !files.empty()) options.plan.gate_file = files.back();
  return options;
}

Result<LookAheadOptions> parse_validate(std::span<const std::string> words) {
  const auto values = parse(words, validate_description(), "validate");
  if (!values) return std::unexpected(values.error());
  return LookAheadOptions{
      plan_request(*values), option_text(*values, "pilot"), {}, false, values->count("resolved") != 0};
}

Result<std::vector<PlanRequest>> parse_gate_files(std::span<const std::string> words) {
  po::options_description options = validate_description();
  options.add_options()("gate-file", po::value<std::vector<std::string>>());
  const auto values = parse(words, options, "validate", po::positional_options_description{}.add("gate-file", -1));
  if (!values) return std::unexpected(values.error());
  if (!option_text(*values, "pilot").empty()) return usage_error("modelgate validate: --file-only reads no --pilot.");
  std::vector<PlanRequest> requests{plan_request(*values)};
  const std::vector<std::string> named = option_list(*values, "gate-file");
  if (named.empty()) return requests;
  if (!(*values)["config"].defaulted())
    return usage_error("modelgate validate: name the gate files by -c or after --file-only, not both.");
  requests.resize(named.size(), requests.front());
  for (std::size_t i = 0; i < named.size(); ++i) requests[i].gate_file = named[i];
  return requests;
}

Result<LookAheadOptions> parse_plan(std::span<const std::string> words) {
  const auto values = parse(words, look_ahead_description(), "plan");
  if (!values) return std::unexpected(values.error());
  return LookAheadOptions{plan_request(*values), option_text(*values, "pilot"), option_text(*values, "output"),
                          values->count("json") != 0};
}

Result<PredictOptions> parse_predict(std::span<const std::string> words) {
  const auto values = parse(words, predict_description(), "predict");
  if (!values) return std::unexpected(values.error());
  PredictOptions options{plan_request(*values), option_text(*values, "model"), option_text(*values, "output"),
                         option_text(*values, "shard"), values->count("quiet") != 0};
  if (options.model != "candidate" && options.model != "production")
    return usage_error("modelgate predict: --model must be candidate or production.");
  if (!options.output.ends_with(".parquet"))
    return usage_error("modelgate predict: -o must name a .parquet file to write the predictions to.");
  return options;
}

Result<InitOptions> parse_init(std::span<const std::string> words) {
  const auto values = parse(words, init_description(), "init");
  if (!values) return std::unexpected(values.error());
  InitOptions options{option_text(*values, "candidate"),
                      option_text(*values, "production"),
                      option_text(*values, "dataset"),
                      option_text(*values, "output"),
                      split_all(option_list(*values, "label")),
                      option_text(*values, "id"),
                      option_text(*values, "task"),
                      option_text(*values, "name"),
                      values->count("force") != 0};
  if (options.candidate.empty())
    return usage_error(
        "modelgate init: --candidate is missing: a .pt or .pt2 model, a predictions file, or dataset:COLUMN.");
  if (options.dataset.empty())
    return usage_error(
        "modelgate init: --dataset is missing: the golden rows, a .parquet, .csv or .npz file or folder.");
  if (options.output.empty()) return usage_error("modelgate init: -o names no file; an empty variable of the CI?");
  if (!options.task.empty() && !task_from(options.task))
    return usage_error("modelgate init: --task must be binary, multiclass, multilabel, regression or ranking.");
  return options;
}

}  // namespace modelgate
