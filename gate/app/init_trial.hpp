// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/score_table.hpp"
#include "gate/model/worker_client.hpp"
#include "gate/propose/inputs.hpp"

namespace modelgate {

/// What a model answered to the first golden rows.
struct Trial {
  std::vector<double> numbers;  ///< rows × width, row-major
  std::size_t width = 1;
  bool finite = true;
  RowColumns rows;  ///< with labels
};

/// Golden rows that a model is tried with.
inline constexpr std::size_t trial_rows = 4096;

/// One model in a worker that is tried with one set of inputs after another; a refusal ends the worker, the next trial
/// starts another.
class ModelTrials {
 public:
  /// who begins messages.
  ModelTrials(std::string who, std::string path, DatasetSpec dataset, Task task, std::vector<std::string> classes)
      : who_(std::move(who)),
        path_(std::move(path)),
        dataset_(std::move(dataset)),
        task_(task),
        classes_(std::move(classes)) {}

  /// What the model says that it takes.
  Result<propose::Signature> signature();
  /// Runs the model over the first golden rows. A model error says what the model did not like; a data error concerns
  /// the rows.
  Result<Trial> run(const std::vector<InputSpec>& inputs, const OutputSpec& output);
  /// What held the last worker, which all of them are held by; nothing before the first.
  const std::optional<Confinement>& confinement() const { return confinement_; }

 private:
  Result<void> load(const OutputSpec& output);

  std::string who_;
  std::string path_;
  DatasetSpec dataset_;
  Task task_;
  std::vector<std::string> classes_;
  OutputSpec loaded_;
  std::unique_ptr<WorkerClient> client_;
  std::optional<Confinement> confinement_;
};

}  // namespace modelgate
