// SPDX-License-Identifier: Apache-2.0
#include "gate/app/after_options.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <filesystem>

#include "gate/after/age.hpp"
#include "gate/app/options.hpp"

namespace modelgate {
namespace {

namespace po = boost::program_options;

po::options_description render_description() {
  po::options_description options("modelgate render report.json -o FILE…", 80);
  auto add = options.add_options();
  add("report", po::value<std::string>(), "report.json of a run; the first word");
  add("output,o", po::value<std::vector<std::string>>(), "report file or folder/, may repeat; formats as in run");
  add("help,h", "this text");
  return options;
}

po::options_description verify_description() {
  po::options_description options("modelgate verify report.json --model FILE [options]", 80);
  auto add = options.add_options();
  add("report", po::value<std::string>(), "report.json of a run; the first word");
  add("model", po::value<std::string>(), "what is about to be deployed; must be the candidate's very bytes");
  add("max-age", po::value<std::string>(), "refuse an older run: 7d, 12h, 30min, 90s");
  add("production", po::value<std::string>(), "must be the production model of the run");
  add("dataset", po::value<std::string>(), "must be the golden data of the run: file, glob or folder");
  add("gate", po::value<std::string>(), "must be the gate file of the run, with the overrides the report names");
  add("allow-override", po::value<std::vector<std::string>>(), "key of an override to accept, may repeat");
  add("help,h", "this text");
  return options;
}

po::options_description diff_description() {
  po::options_description options("modelgate diff old.json new.json [options]", 80);
  auto add = options.add_options();
  add("report", po::value<std::vector<std::string>>(), "the two report.json; the first words");
  add("markdown", "Markdown in place of text");
  add("output,o", po::value<std::string>(), "a .md file to write, in Markdown");
  add("help,h", "this text");
  return options;
}

po::options_description explain_description() {
  po::options_description options("modelgate explain METRIC | modelgate explain [CHECK-ID] --from report.json", 80);
  auto add = options.add_options();
  add("check", po::value<std::string>(), "metric (roc_auc) or check id; the first word");
  add("from", po::value<std::string>(), "report.json of a run: explain this very result; without an id, list them");
  add("help,h", "this text");
  return options;
}

po::positional_options_description named(const char* name, int count) {
  po::positional_options_description words;
  words.add(name, count);
  return words;
}

}  // namespace

std::string render_help() {
  return fmt::format(
      "{}\nWrites the reports of a run again, byte for byte the same. The verdict is not\n"
      "judged again: exit 0 says that the files are written, not that the gate passed;\n"
      "3 that the report cannot be read, 4 that a file cannot be written. The report\n"
      "itself is never overwritten by other bytes.\n",
      fmt::streamed(render_description()));
}

std::string verify_help() {
  return fmt::format(
      "{}\nExit 0 only if the verdict is pass with exit code 0, the scope full, and FILE\n"
      "the candidate's very bytes; else 1 with every objection, 2 for a wrong command\n"
      "line, 3 for a report that cannot be read.\n\n"
      "Overrides of the command line: the candidate's path and version are fine, its\n"
      "bytes are compared. Another production model or dataset.path needs --production\n"
      "or --dataset, which proves the bytes. Limits on time, memory and chunk are\n"
      "fine; threads, device and allocator where nothing was timed. Any other override\n"
      "means that what was judged is not the reviewed gate file: it is refused unless\n"
      "--allow-override names it.\n\n"
      "What this does not prove: that the report is genuine. Who can write the file\n"
      "can write a pass. Take it as an artifact of a protected job, and compare --gate\n"
      "with the reviewed file.\n",
      fmt::streamed(verify_description()));
}

std::string diff_help() {
  return fmt::format(
      "{}\nExit 0 whatever differs; 3 if a report cannot be read, 4 if FILE cannot be\n"
      "written.\n",
      fmt::streamed(diff_description()));
}

std::string explain_help() {
  return fmt::format("{}\nFor example: modelgate explain roc_auc\n", fmt::streamed(explain_description()));
}

Result<RenderOptions> parse_render(std::span<const std::string> words) {
  const auto values = parse(words, render_description(), "render", named("report", 1));
  if (!values) return std::unexpected(values.error());
  RenderOptions options{option_text(*values, "report"), option_list(*values, "output")};
  if (options.report.empty() || options.outputs.empty())
    return usage_error(
        "modelgate render: name a report.json and, with -o, what to write. See: modelgate render --help");
  return options;
}

Result<VerifyOptions> parse_verify(std::span<const std::string> words) {
  const auto values = parse(words, verify_description(), "verify", named("report", 1));
  if (!values) return std::unexpected(values.error());
  VerifyOptions options{option_text(*values, "report"),        option_text(*values, "model"),
                        option_text(*values, "production"),    option_text(*values, "dataset"),
                        option_text(*values, "gate"),          {},
                        option_list(*values, "allow-override")};
  if (options.report.empty() || options.model.empty())
    return usage_error(
        "modelgate verify: name a report.json and, with --model, what is to be deployed. See: modelgate verify --help");
  for (const char* name : {"production", "dataset", "gate"})
    if (values->count(name) != 0 && option_text(*values, name).empty())
      return usage_error(fmt::format("modelgate verify: --{} names no file; an empty variable of the CI?", name));
  if (values->count("max-age") == 0) return options;
  options.max_age = age_from(option_text(*values, "max-age"));
  if (!options.max_age)
    return usage_error(fmt::format("modelgate verify: --max-age takes an age like 7d, 12h, 30min or 90s, not \"{}\".",
                                   option_text(*values, "max-age")));
  return options;
}

Result<DiffOptions> parse_diff(std::span<const std::string> words) {
  const auto values = parse(words, diff_description(), "diff", named("report", 2));
  if (!values) return std::unexpected(values.error());
  const std::vector<std::string> reports = option_list(*values, "report");
  if (reports.size() != 2)
    return usage_error("modelgate diff: name two report.json, the older first. See: modelgate diff --help");
  DiffOptions options{reports[0], reports[1], values->count("markdown") != 0, option_text(*values, "output")};
  if (values->count("output") != 0 && !options.output.ends_with(".md"))
    return usage_error(fmt::format("modelgate diff: -o must name a .md file, not \"{}\".", options.output));
  return options;
}

Result<ExplainOptions> parse_explain(std::span<const std::string> words) {
  const auto values = parse(words, explain_description(), "explain", named("check", 1));
  if (!values) return std::unexpected(values.error());
  ExplainOptions options{option_text(*values, "check"), option_text(*values, "from")};
  if (options.id.empty() && options.report.empty())
    return usage_error("modelgate explain: name a metric, like roc_auc, or a report with --from. See: modelgate list");
  return options;
}

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code absent;
  return std::filesystem::equivalent(one, other, absent);
}

}  // namespace modelgate
