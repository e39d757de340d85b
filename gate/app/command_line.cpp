// SPDX-License-Identifier: Apache-2.0
#include "gate/app/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "gate/app/commands.hpp"
#include "gate/app/own_failure.hpp"
#include "gate/app/terminal.hpp"
#include "gate/config/suggest.hpp"
#include "gate/core/error.hpp"

namespace modelgate {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  ExitCode (*run)(std::span<const std::string>);
};

constexpr std::array commands{
    Command{"init", "write a commented gate file for a model and its golden rows", command_init},
    Command{"run", "judge the candidate against production and write the reports", command_run},
    Command{"predict", "run one model over the golden data and write its predictions", command_predict},
    Command{"validate", "check gate file, models and data without running a model", command_validate},
    Command{"plan", "what the rows can decide before the run: rows needed, margins seen", command_plan},
    Command{"selftest", "on this machine: how often the gate blocks equal and slowed models", command_selftest},
    Command{"explain", "what a check does, why it blocks, its statistic, an example", command_explain},
    Command{"render", "write the reports again from report.json, byte for byte", command_render},
    Command{"verify", "for the deploy job: did a report pass this very model?", command_verify},
    Command{"diff", "what changed between two reports, for a reviewer", command_diff},
    Command{"completion", "print the completion script for bash or zsh", command_completion},
    Command{"list", "checks, metrics and report formats", command_list},
};

void print_help() {
  fmt::print("modelgate {}: the gate between a trained model and production\n\n", MODELGATE_VERSION);
  fmt::print("usage: modelgate <command> [options]\n\n");
  for (const Command& command : commands) fmt::print("  {:10} {}\n", command.name, command.summary);
  fmt::print(
      "\nEach command takes --help. A gate starts with:\nmodelgate init --candidate MODEL --production MODEL --dataset "
      "ROWS\n\n"
      "exit codes: 0 pass, 1 blocked, 2 usage or gate file, 3 could not be evaluated,\n"
      "            4 a report could not be written\n");
}

ExitCode dispatch(std::vector<std::string> words) {
  if (words.size() == 2 && words[0] == "help") words = {words[1], "--help"};
  if (words.empty()) {
    print_help();
    return ExitCode::usage;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help();
    return ExitCode::pass;
  }
  if (words[0] == "--version") {
    fmt::print("modelgate {}\n", MODELGATE_VERSION);
    return ExitCode::pass;
  }
  const auto* command = std::ranges::find(commands, words[0], &Command::name);
  if (command == commands.end()) {
    std::array<std::string_view, commands.size()> names;
    std::ranges::transform(commands, names.begin(), &Command::name);
    return fail_with(Error{ErrorKind::usage, Reason::data_invalid,
                           fmt::format("modelgate: no command \"{}\"; {}\nSee: modelgate --help", words[0],
                                       did_you_mean(words[0], names, "there are " + one_of(names)))});
  }
  return command->run(std::span(words).subspan(1));
}

}  // namespace

int run_command_line(std::span<char* const> arguments) {
  if (!hold_standard_streams()) return static_cast<int>(ExitCode::error);  // and nobody to tell
  try {
    const std::vector<std::string> words(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
    return static_cast<int>(dispatch(words));
  } catch (const std::exception& error) {  // a broken assumption of ours, or no memory: never a pass
    return static_cast<int>(fail_with(own_failure(error)));
  }
}

}  // namespace modelgate
