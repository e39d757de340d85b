// SPDX-License-Identifier: Apache-2.0
#include "gate/app/selftest_options.hpp"

#include <fmt/format.h>

#include "gate/app/options.hpp"
#include "gate/config/quantity.hpp"
#include "gate/wire/message.hpp"

namespace modelgate {
namespace {

namespace po = boost::program_options;

constexpr std::size_t most_decisions = 1'000'000;

/// "0.05" and "5%" are the same.
std::optional<double> parse_share(std::string_view text) {
  const auto quantity = parse_quantity(text);
  if (!quantity || quantity->value < 0.0) return std::nullopt;
  if (quantity->unit == "%") return quantity->value / 100.0;
  return quantity->unit.empty() ? std::optional{quantity->value} : std::nullopt;
}

Result<void> read_parts(const po::variables_map& values, SelftestOptions& options) {
  if (values.count("only") == 0) return {};
  options.parts.clear();
  for (const std::string& text : option_list(values, "only")) {
    for (const std::string& word : split_commas(text)) {
      const auto family = family_from(word);
      const bool known = family == Family::latency || family == Family::accuracy || family == Family::bias;
      if (!known)
        return usage_error(fmt::format("modelgate selftest: --only {}: there are latency, accuracy and bias.", word));
      options.parts.insert(*family);
    }
  }
  return {};
}

Result<void> read_slowdowns(const po::variables_map& values, SelftestOptions& options) {
  for (const std::string& word : split_commas(option_text(values, "slowdown"))) {
    const auto share = parse_share(word);
    if (!share || *share > most_slowdown)
      return usage_error(
          fmt::format("modelgate selftest: --slowdown {}: shares from 0 to {:.0f} by commas, such as 0,0.02,10%.", word,
                      most_slowdown));
    options.slowdowns.push_back(*share);
  }
  if (values.count("margin") != 0) {
    const std::string text = option_text(values, "margin");
    options.margin = parse_share(text);
    if (!options.margin || *options.margin <= 0.0 || *options.margin > 1.0)
      return usage_error(fmt::format("modelgate selftest: --margin {}: a share above 0, such as 5%.", text));
  }
  return {};
}

Result<void> read_amount(const po::variables_map& values, SelftestOptions& options) {
  if (values.count("decisions") != 0 && !values["budget"].defaulted())
    return usage_error("modelgate selftest: --budget and --decisions exclude each other.");
  const std::string budget = option_text(values, "budget");
  const auto seconds = parse_duration(budget);
  if (!seconds || *seconds <= 0.0)
    return usage_error(
        fmt::format("modelgate selftest: --budget {}: a duration with its unit, such as 10min.", budget));
  options.budget_s = *seconds;
  if (values.count("decisions") == 0) return {};
  const std::string text = option_text(values, "decisions");
  const auto count = parse_whole(text);
  if (!count || *count < 1 || static_cast<std::size_t>(*count) > most_decisions)
    return usage_error(fmt::format("modelgate selftest: --decisions {}: a whole number from 1 on.", text));
  options.decisions = static_cast<std::size_t>(*count);
  return {};
}

}  // namespace

po::options_description selftest_description() {
  po::options_description options("modelgate selftest [options]", 80);
  options.add(plan_description());
  po::options_description amount("What is tried, and how often", 80);
  auto add = amount.add_options();
  add("only", po::value<std::vector<std::string>>(), "latency, accuracy, bias, by commas [all three]");
  add("budget", po::value<std::string>()->default_value("5min"), "time to spend: 30s, 10min, 2h");
  add("decisions", po::value<std::string>(), "so many decisions of each kind instead, however long");
  add("slowdown", po::value<std::string>()->default_value("0,0.02,0.05,0.10"),
      "true slow-downs to seed, by commas; 0 is the model against itself");
  add("margin", po::value<std::string>(), "margin of the latency checks [the gate file's, else 5%]");
  options.add(amount);
  po::options_description output("What comes out", 80);
  auto add_output = output.add_options();
  add_output("output,o", po::value<std::string>(), "selftest.json to write: every decision beside the tables");
  add_output("quiet,q", "no progress, no tables: the findings alone");
  add_output("help,h", "this text");
  options.add(output);
  return options;
}

Result<SelftestOptions> parse_selftest(std::span<const std::string> words) {
  const auto values = parse(words, selftest_description(), "selftest");
  if (!values) return std::unexpected(values.error());
  SelftestOptions options;
  options.plan = plan_request(*values);
  options.plan.only.clear();  // parts of the self-test, not checks of the gate
  for (const auto read : {read_parts, read_slowdowns, read_amount}) {
    if (const auto done = read(*values, options); !done) return std::unexpected(done.error());
  }
  options.output = option_text(*values, "output");
  if (values->count("output") != 0 && !options.output.ends_with(".json"))
    return usage_error("modelgate selftest: -o must name a .json file.");
  options.quiet = values->count("quiet") != 0;
  return options;
}

}  // namespace modelgate
