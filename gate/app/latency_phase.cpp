// SPDX-License-Identifier: Apache-2.0
#include "gate/app/latency_phase.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "checks/latency/stop_rule.hpp"
#include "gate/app/signals.hpp"
#include "gate/core/clock.hpp"
#include "gate/core/measured.hpp"
#include "gate/core/server_load.hpp"
#include "gate/integrity/digest.hpp"
#include "gate/measure/live_workers.hpp"
#include "gate/measure/machine_watch.hpp"
#include "gate/measure/measure_alone.hpp"
#include "gate/measure/repeated_answers.hpp"
#include "gate/measure/request_inputs.hpp"
#include "gate/replay/pins.hpp"

namespace modelgate {
namespace {

constexpr std::size_t batches_wanted = 256;

std::set<LoadShape> timed_shapes(const Plan& plan) {
  std::set<LoadShape> shapes;
  for (const PlannedCheck& check : plan.checks) {
    if (check.selected && check.spec->needs_live_model && !is_exact(check)) shapes.insert(check.shape);
  }
  return shapes;
}

/// CPUs this process may use; none where there are more than the kernel's fixed set can say: then nothing is pinned.
std::vector<int> allowed_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

bool is_live(const Plan& plan, Role role) { return plan.model(role).source == ModelSource::live; }

/// Distinct input lists of the live models, and which one each model takes.
struct InputSets {
  std::vector<std::vector<InputSpec>> sets;
  std::array<std::size_t, 2> of{};
};

InputSets input_sets(const Plan& plan) {
  InputSets result;
  for (const Role role : both_roles) {
    if (!is_live(plan, role)) continue;
    const auto& inputs = plan.model(role).inputs;
    const auto found = std::ranges::find(result.sets, inputs);
    result.of[index_of(role)] = static_cast<std::size_t>(found - result.sets.begin());
    if (found == result.sets.end()) result.sets.push_back(inputs);
  }
  return result;
}

/// What replay would have checked of the data, had there been one.
Result<void> check_data(const DatasetSpec& dataset, const GoldenReader& reader, std::size_t read, bool all_read,
                        RunRecord& record) {
  if (!record.dataset_sha256.empty()) return {};
  auto digest = sha256_files(reader.files());
  if (!digest) return std::unexpected(digest.error());
  if (auto same = reader.check_unchanged(); !same) return same;
  if (auto pinned = check_dataset_pin(dataset, *digest); !pinned) return pinned;
  const auto rows = all_read ? std::optional(read) : reader.total_rows();
  if (rows && *rows < dataset.min_rows) {
    return data_error(
        fmt::format("{} has {} rows; dataset.min_rows asks for {}.", dataset.written, *rows, dataset.min_rows));
  }
  record.dataset_sha256 = std::move(*digest);
  record.dataset_rows = rows.value_or(read);
  return {};
}

Result<RequestRows> request_rows(const Plan& plan, const InputSets& inputs, std::size_t most_rows, RunRecord& record) {
  DatasetSpec dataset = plan.dataset;  // models are given inputs only; nothing else is decoded
  dataset.id.clear();
  dataset.label = {};
  dataset.weight.clear();
  dataset.cluster.clear();
  dataset.query.clear();
  const GoldenRequest request{.dataset = dataset,
                              .task = plan.task,
                              .class_names = {},
                              .category_columns = {},
                              .input_sets = inputs.sets,
                              .prediction_columns = {}};
  auto reader = GoldenReader::open(request);
  if (!reader) return std::unexpected(reader.error());
  auto rows = read_request_rows(**reader, most_rows);
  if (!rows) return rows;
  const bool all_read = rows->rows < most_rows && (*reader)->total_rows().value_or(rows->rows) == rows->rows;
  if (auto sound = check_data(plan.dataset, **reader, rows->rows, all_read, record); !sound)
    return std::unexpected(sound.error());
  return rows;
}

struct OpenedModel {
  std::shared_ptr<const ModelFile> file;
  FileStamp stamp;  ///< from before the digest was taken
};

/// Opens the model, holding its bytes to the pin and to what was replayed.
Result<OpenedModel> opened(const Plan& plan, Role role, ModelRecord& record) {
  const ModelSpec& model = plan.model(role);
  auto file = open_model(model.path);
  if (!file) return std::unexpected(file.error());
  const FileStamp stamp = stamp_of(file->fd.get());
  ModelRecord found;
  if (auto held = hold_to_pins(*file, model, role, found); !held) return std::unexpected(held.error());
  if (!record.sha256.empty() && found.sha256 != record.sha256) {
    return model_error(Reason::digest_mismatch, fmt::format("{}: {} changed while the gate was running; run it again.",
                                                            to_string(role), model.written));
  }
  record.present = true;
  record.path = model.written;
  record.version = model.version;
  record.sha256 = std::move(found.sha256);
  record.signed_by = std::move(found.signed_by);
  record.origin = model_origin(model.path);
  return OpenedModel{std::make_shared<const ModelFile>(std::move(*file)), stamp};
}

LiveModels open_models(const Plan& plan, RunRecord& record, Samples& samples) {
  LiveModels models;
  models.runtime = plan.runtime;
  models.cancel = &cancel_flag();
  for (const Role role : both_roles) {
    if (!is_live(plan, role)) continue;
    const std::size_t side = index_of(role);
    models.outputs[side] = plan.model(role).output;
    auto file = opened(plan, role, record.models[side]);
    if (file) {
      samples.model_bytes[side] = file->file->bytes;
      models.unchanged[side] = [file = *file, &spec = plan.model(role), role] {
        return check_unchanged(*file.file, file.stamp, spec, role);
      };
      models.files[side] = std::move(file->file);
    } else {
      models.unusable[side] = std::move(file.error());
    }
  }
  return models;
}

/// A start beside another one says nothing of a start alone.
bool judges_the_start(const Plan& plan, const LoadShape& shape) {
  constexpr std::array<std::string_view, 3> metrics{"cold_start", "first_request", "load_time"};
  return std::ranges::any_of(plan.checks, [&](const PlannedCheck& check) {
    return check.selected && check.shape == shape && std::ranges::find(metrics, check.metric) != metrics.end();
  });
}

/// Neighbours that both models have alike are nothing to a comparison, but an absolute limit would hold them against
/// the candidate. Four workers at once are to leave most of the memory free.
bool may_start_ahead(const Plan& plan, const LoadShape& shape, const LiveModels& models, const Samples& samples) {
  if (!models.start_together || shape.load != Load::single_stream) return false;
  const std::uint64_t bytes = samples.model_bytes[0] + samples.model_bytes[1];
  if (bytes > available_memory_bytes() / 16) return false;
  return std::ranges::all_of(plan.checks, [&](const PlannedCheck& check) {
    return !check.selected || check.shape != shape || !check.spec->needs_live_model || is_relative(check.limit.word);
  });
}

/// Empty where every thread of a worker can have a CPU of its own.
std::string too_many_threads(const Plan& plan) {
  const std::size_t cpus = allowed_cpus().size();
  if (cpus == 0 || plan.runtime.threads <= static_cast<int>(cpus)) return {};
  return fmt::format(
      "runtime.threads is {}, but this process may use {} CPU{}: threads that share a CPU wait for each other, which "
      "makes latency slow and unsteady; lower runtime.threads to {} or fewer.",
      plan.runtime.threads, cpus, cpus == 1 ? "" : "s", cpus);
}

MeasureSettings settings_for(const Plan& plan, const LoadShape& shape) {
  MeasureSettings settings;
  settings.shape = shape;
  settings.production = is_live(plan, Role::production);
  settings.cpus = plan.runtime.device == "cpu" ? allowed_cpus() : std::vector<int>{};
  settings.threads = static_cast<std::size_t>(std::max(plan.runtime.threads, 1));
  settings.on_cpu = plan.runtime.device == "cpu";
  settings.seed = plan.runtime.seed + static_cast<std::uint64_t>(shape.batch);
  if (shape.load == Load::server) settings.cap_s = settings.long_cap_s;
  settings.allocator = plan.runtime.pinned_allocator ? "pinned" : "system";
  if (!needs_control(shape, plan)) settings.control_every = 0;
  settings.unsteady = [&plan](const LatencyRun& run) {
    return latency_unsteady(run, plan) || wants_requests(run, plan);
  };
  settings.control_open = [&plan](const LatencyRun& run) { return control_open(run, plan); };
  settings.max_rounds = most_rounds(shape, plan);
  settings.out_of_reach = [&plan](const LatencyRun& run) { return out_of_reach(run, plan); };
  return settings;
}

}  // namespace

Result<Samples> latency_phase(const Plan& plan, Progress& progress, RunRecord& record, const SeededSlowdown& seeded,
                              std::vector<std::string>* warnings, WeakestIsolation* isolation) {
  Samples samples;
  std::vector<std::string> unwanted;
  if (warnings == nullptr) warnings = &unwanted;
  const std::set<LoadShape> shapes = timed_shapes(plan);
  const bool selected = std::ranges::any_of(
      plan.checks, [](const PlannedCheck& check) { return check.selected && check.spec->needs_live_model; });
  if (!selected || !is_live(plan, Role::candidate)) return samples;
  if (auto warning = too_many_threads(plan); !warning.empty()) warnings->push_back(std::move(warning));
  const InputSets inputs = input_sets(plan);
  bool libraries_read = !record.dataset_sha256.empty();  // by the replay's workers
  std::size_t largest = 1;
  for (const LoadShape& shape : shapes) largest = std::max(largest, static_cast<std::size_t>(shape.batch));
  const auto rows = request_rows(plan, inputs, largest * batches_wanted, record);
  if (!rows) return std::unexpected(rows.error());
  LiveModels models = open_models(plan, record, samples);
  models.isolation = isolation;
  models.instrumented = seeded.instrumented;
  models.slowdown = seeded.share;
  models.golden_rows = rows->rows;
  models.same = timed_tolerance(plan);
  models.policy = plan.extends_file;
  if (shapes.empty()) samples.runs.push_back(LatencyRun{.errors = models.unusable});  // no round will tell
  const SteadyClock clock;
  for (const LoadShape& shape : shapes) {
    models.batch = static_cast<std::size_t>(shape.batch);
    models.gate_apart = shape.load == Load::offline;
    for (const Role role : both_roles) {
      if (!is_live(plan, role)) continue;
      auto prepared = prepare_batches(*rows, inputs.of[index_of(role)], models.batch);
      if (!prepared) return std::unexpected(prepared.error());
      models.inputs[index_of(role)] = std::move(*prepared);
    }
    models.start_together = !judges_the_start(plan, shape);
    models.start_ahead = may_start_ahead(plan, shape, models, samples);
    const auto factory = live_workers(models);
    if (!models.start_together && !std::exchange(libraries_read, true))
      std::ignore = factory->start(std::array{Role::candidate}, {});  // a cold disk is to be no round's start
    const StopRule decided = [&plan](const LatencyRun& run) { return latency_decided(run, plan); };
    auto run = measure_alone(settings_for(plan, shape), *factory, decided, clock, progress, &cancel_flag(), *warnings);
    if (!run) return std::unexpected(run.error());
    samples.runs.push_back(std::move(*run));
  }
  return samples;
}

}  // namespace modelgate
