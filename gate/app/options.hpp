// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/program_options.hpp>
#include <span>
#include <string>
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

/// The option descriptions, which are also the help text.
boost::program_options::options_description run_description();
boost::program_options::options_description predict_description();
boost::program_options::options_description validate_description();

/// Parses the words after the command; unknown options, missing values and stray words are usage errors that name them.
Result<RunOptions> parse_run(std::span<const std::string> words);
Result<PredictOptions> parse_predict(std::span<const std::string> words);
Result<RunOptions> parse_validate(std::span<const std::string> words);

}  // namespace modelgate
