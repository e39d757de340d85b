// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gate/config/gate_file.hpp"
#include "gate/core/error.hpp"

namespace modelgate {

/// What run and the commands around it read from the command line.
struct RunOptions {
  PlanRequest plan;
  std::vector<std::string> outputs;  ///< -o
  bool quiet = false;
};

struct PredictOptions {
  PlanRequest plan;
  std::string model;   ///< candidate or production
  std::string output;  ///< -o preds.parquet
  std::string shard;   ///< "2/6"; empty: all rows
  bool quiet = false;
};

/// What plan reads beside the gate file; validate shares the pilot.
struct LookAheadOptions {
  PlanRequest plan;
  std::string pilot;   ///< report.json of an earlier run
  std::string output;  ///< -o plan.json
  bool json = false;
  bool resolved = false;
};

/// What init reads: paths and hints; everything else it finds out.
struct InitOptions {
  std::string candidate;
  std::string production;
  std::string dataset;
  std::string output = "modelgate.yaml";
  std::vector<std::string> labels;
  std::string id;
  std::string task;
  std::string name;
  bool force = false;
};

/// True where --help or -h stands among the words.
bool asks_for_help(std::span<const std::string> words);

/// What an option says; empty where it is left out.
std::string option_text(const boost::program_options::variables_map& values, const char* name);
std::vector<std::string> option_list(const boost::program_options::variables_map& values, const char* name);

/// Options that say what is judged: shared by every command that judges or looks ahead.
boost::program_options::options_description plan_description();
PlanRequest plan_request(const boost::program_options::variables_map& values);

/// The option descriptions, which are also the help text.
boost::program_options::options_description run_description();
boost::program_options::options_description predict_description();
boost::program_options::options_description validate_description();
boost::program_options::options_description look_ahead_description();
boost::program_options::options_description init_description();

/// The words between commas. An empty one stays, to be refused where it is read and not dropped.
std::vector<std::string> split_commas(std::string_view text);

/// The words after a command by these options; positional words take the names given, any other is a usage error.
Result<boost::program_options::variables_map> parse(
    std::span<const std::string> words, const boost::program_options::options_description& options,
    std::string_view command, const boost::program_options::positional_options_description& named = {});

/// Parses the words after the command; unknown options, missing values and stray words are usage errors that name them.
Result<RunOptions> parse_run(std::span<const std::string> words);
/// Gate file and outputs of a run's words, be it that they cannot be parsed as a whole: what no old pass may stay in.
RunOptions legible_run(std::span<const std::string> words);
Result<PredictOptions> parse_predict(std::span<const std::string> words);
Result<LookAheadOptions> parse_validate(std::span<const std::string> words);
/// validate --file-only [FILE…]: a request for each gate file, all with the same other options.
Result<std::vector<PlanRequest>> parse_gate_files(std::span<const std::string> words);
Result<LookAheadOptions> parse_plan(std::span<const std::string> words);
Result<InitOptions> parse_init(std::span<const std::string> words);

}  // namespace modelgate
