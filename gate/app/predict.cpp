// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <array>
#include <charconv>
#include <utility>

#include "gate/app/commands.hpp"
#include "gate/app/isolation_notice.hpp"
#include "gate/app/options.hpp"
#include "gate/app/own_inputs.hpp"
#include "gate/app/signals.hpp"
#include "gate/app/specs.hpp"
#include "gate/app/terminal.hpp"
#include "gate/core/number_text.hpp"
#include "gate/data/predictions_file.hpp"
#include "gate/replay/replay.hpp"
#include "gate/report/text.hpp"

namespace modelgate {
namespace {

/// "2/6" → the second of six parts.
Result<std::pair<std::size_t, std::size_t>> read_shard(const std::string& text) {
  if (text.empty()) return std::pair<std::size_t, std::size_t>{0, 0};
  const auto refuse = [&] {
    return usage_error(
        fmt::format("modelgate predict: --shard takes i/n with 1 <= i <= n, like 2/6, not \"{}\".", text));
  };
  const auto number = [](std::string_view digits, std::size_t& into) {
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
  };
  const std::size_t slash = text.find('/');
  std::pair<std::size_t, std::size_t> shard;
  if (slash == std::string::npos || !number(std::string_view(text).substr(0, slash), shard.first) ||
      !number(std::string_view(text).substr(slash + 1), shard.second))
    return refuse();
  if (shard.first < 1 || shard.first > shard.second) return refuse();
  return shard;
}

ExitCode refuse(const Error& error) {
  if (cancellation()) {
    print_err("modelgate predict: cancelled; no predictions were written.\n");
    return cancellation_exit_code();
  }
  return fail_with(error);
}

ExitCode predict(const Plan& plan, Role role, std::pair<std::size_t, std::size_t> shard,
                 const PredictOptions& options) {
  const SteadyClock clock;
  const auto progress = make_progress(options.quiet, clock);
  const ReplayNeeds needs{
      .only = role, .labels = false, .keep_ids = true, .shard = shard.first, .shards = shard.second};
  const auto replayed = replay(plan, needs, *progress, {.cancel = &cancel_flag()});
  if (!replayed) return refuse(replayed.error());
  const Predictions& predictions = replayed->table.model(role);
  if (predictions.error) return refuse(*predictions.error);
  const PredictionsOrigin origin{replayed->models[index_of(role)].sha256, replayed->dataset_sha256, MODELGATE_VERSION,
                                 shard.first, shard.second};
  if (const auto written = write_predictions(options.output, plan.dataset.id, replayed->ids, predictions, origin);
      !written)
    return fail_with(written.error());
  const auto& worker = replayed->workers[index_of(role)];
  if (worker) warn_of_isolation(worker->confinement);
  print_out(fmt::format("{}: {} predictions of the {}\n", log_safe(options.output), count_text(replayed->ids.size()),
                        options.model));
  return ExitCode::pass;
}

}  // namespace

ExitCode command_predict(std::span<const std::string> words) {
  if (asks_for_help(words)) {
    print_out(fmt::format("{}", fmt::streamed(predict_description())));
    return ExitCode::pass;
  }
  install_signal_handlers();
  const auto options = parse_predict(words);
  if (!options) return fail_with(options.error());
  const auto shard = read_shard(options->shard);
  if (!shard) return fail_with(shard.error());
  const auto specs = registered_specs();
  const auto plan = load_plan(options->plan, specs);
  if (!plan) return fail_with(plan.error());
  const Role role = options->model == "candidate" ? Role::candidate : Role::production;
  if (plan->model(role).source != ModelSource::live)
    return fail_with(
        Error{ErrorKind::usage, Reason::data_invalid,
              fmt::format("modelgate predict: the {} has no model to run, only predictions or nothing; give "
                          "--{} a .pt or .pt2 file.",
                          options->model, options->model)});
  if (const auto spared = spare_own_inputs(*plan, std::array{options->output}); !spared)
    return fail_with(spared.error());
  return predict(*plan, role, *shard, *options);
}

}  // namespace modelgate
