// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>

#include "gate/app/init_trial.hpp"
#include "gate/app/options.hpp"
#include "gate/propose/names.hpp"

namespace modelgate {
namespace {

using propose::InputGuess;

constexpr std::size_t most_trials = 120;
constexpr std::size_t most_vocabularies = 20;
constexpr std::uintmax_t largest_vocabulary = 4 << 20;

/// JSON objects of texts and codes beside the data, beside the model, and one folder up from it.
std::vector<propose::Vocabulary> vocabularies_near(const std::vector<std::string>& files, const std::string& model) {
  namespace fs = std::filesystem;
  std::set<fs::path> folders;
  for (const std::string& file : files) folders.insert(fs::absolute(file).lexically_normal().parent_path());
  const fs::path home = fs::absolute(model).lexically_normal().parent_path();
  folders.insert(home);
  folders.insert(home.parent_path());
  std::set<fs::path> found;
  std::error_code failed;
  for (const fs::path& folder : folders) {
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
      if (entry.path().extension() == ".json" && entry.is_regular_file(failed) &&
          entry.file_size(failed) <= largest_vocabulary)
        found.insert(entry.path());
    }
  }
  std::vector<propose::Vocabulary> vocabularies;
  for (const fs::path& path : found) {
    if (vocabularies.size() == most_vocabularies) break;
    if (auto codes = vocabulary_in(path.string())) vocabularies.push_back({path.string(), std::move(*codes)});
  }
  return vocabularies;
}

/// Tries guess after guess and keeps what goes best with the labels.
class InputTrials {
 public:
  InputTrials(ModelTrials& model, const propose::Roles& roles) : model_(model), roles_(roles) {}

  void run(const std::vector<InputGuess>& guesses) {
    for (const InputGuess& guess : guesses) {
      if (std::ranges::find(refused_, layout_of(guess)) != refused_.end()) continue;
      attempt(dtype_ ? with_dtype(guess, *dtype_) : guess);
      if (best_ && best_guess_.certain) return;
      if (trials_ >= most_trials) return;
    }
  }

  void into(SettledModel& settled) && {
    if (!best_) {
      settled.refusal = first_refusal_;
      return;
    }
    settled.draft.inputs = best_guess_.inputs;
    settled.draft.inputs_why = {best_guess_.why, best_guess_.certain};
    if (taken_ > 1)
      settled.draft.inputs_why.text +=
          fmt::format("; of {} ways that the model takes, the nearest to the labels", taken_);
    settled.draft.index = output_.index;
    settled.draft.entry = output_.name;
    settled.facts = propose::facts_of(best_->numbers, best_->width);
    settled.trial = std::move(best_);
  }

 private:
  /// What a model sees of a guess without looking at cells.
  static std::string layout_of(const InputGuess& guess) {
    std::string layout;
    for (const InputSpec& input : guess.inputs)
      layout += fmt::format("{} {} [{}];", to_string(input.dtype), input.columns.size(), fmt::join(input.shape, ","));
    return layout;
  }

  void attempt(InputGuess guess) {
    ++trials_;
    const std::string layout = layout_of(guess);
    auto trial = model_.run(guess.inputs, output_);
    if (!trial && trial.error().kind == ErrorKind::model) trial = after_refusal(guess, trial.error().message);
    if (trial && !trial->finite) trial = without_nan(guess, std::move(*trial));
    if (!trial) {
      if (trial.error().kind == ErrorKind::model) refused_.push_back(layout);
      if (first_refusal_.empty()) first_refusal_ = trial.error().message;
      return;
    }
    if (!trial->finite) {
      if (first_refusal_.empty()) first_refusal_ = "The model gave NaN or infinity.";
      return;
    }
    ++taken_;
    const double fit = propose::agreement(trial->numbers, trial->width, trial->rows, roles_.task);
    if (best_ && fit <= best_fit_ + 1e-9) return;
    best_ = std::move(*trial);
    best_fit_ = fit;
    best_guess_ = std::move(guess);
  }

  Result<Trial> once_more(const InputGuess& guess) {
    ++trials_;
    return model_.run(guess.inputs, output_);
  }

  /// A model says what it wants: another type of number, or which of its outputs to take.
  Result<Trial> after_refusal(InputGuess& guess, const std::string& words) {
    const auto says = [&](std::string_view word) { return words.find(word) != std::string::npos; };
    if (says("output.index") && !output_.index) return choose_element(guess, words);
    if (const auto at = words.find("output.name: "); at != std::string::npos && output_.name.empty())
      return choose_entry(guess, words.substr(at + 13));
    for (const auto& [word, dtype] :
         {std::pair{"Double", DType::float64}, std::pair{"double", DType::float64}, std::pair{"Long", DType::int64}}) {
      if (dtype_ || !says(word)) continue;
      auto trial = once_more(with_dtype(guess, dtype));
      if (!trial) continue;
      dtype_ = dtype;
      guess = with_dtype(guess, dtype);
      return trial;
    }
    return model_error(Reason::model_crashed, words);
  }

  /// The first element that goes as an output; a pair often ends with it.
  Result<Trial> choose_element(const InputGuess& guess, const std::string& words) {
    constexpr std::int64_t most_elements = 8;
    std::optional<std::int64_t> best;
    double best_fit = 0.0;
    Result<Trial> chosen = model_error(Reason::wrong_shape, words);
    for (std::int64_t index = 0; index < most_elements; ++index) {
      output_.index = index;
      auto trial = once_more(guess);
      if (!trial) {
        if (trial.error().message.find("outputs") != std::string::npos) break;
        continue;
      }
      const double fit = propose::agreement(trial->numbers, trial->width, trial->rows, roles_.task);
      if (!trial->finite || (best && fit <= best_fit)) continue;
      best = index;
      best_fit = fit;
      chosen = std::move(trial);
    }
    output_.index = best;
    return chosen;
  }

  Result<Trial> choose_entry(const InputGuess& guess, const std::string& names) {
    std::vector<std::string> entries;
    for (std::string name : split_commas(names)) {
      name.erase(0, name.find_first_not_of(' '));
      name.erase(std::min(name.find_first_of(" \n"), name.size()));
      if (name.ends_with('.')) name.pop_back();
      if (!name.empty()) entries.push_back(std::move(name));
    }
    std::ranges::stable_sort(
        entries, [](const auto& a, const auto& b) { return propose::names_a_score(a) && !propose::names_a_score(b); });
    for (const std::string& name : entries) {
      output_.name = name;
      auto trial = once_more(guess);
      if (trial && trial->finite) return trial;
    }
    output_.name.clear();
    return model_error(Reason::wrong_shape, "none of the entries of the model's dict is a usable output: " + names);
  }

  /// Empty cells as 0 where the model makes NaN of NaN.
  Result<Trial> without_nan(InputGuess& guess, Trial before) {
    InputGuess filled = guess;
    bool any = false;
    for (InputSpec& input : filled.inputs) {
      if (input.nulls.kind != NullPolicy::Kind::nan) continue;
      input.nulls = {.kind = NullPolicy::Kind::number, .number = 0.0};
      any = true;
    }
    if (!any) return before;
    auto trial = once_more(filled);
    if (trial && trial->finite) guess = std::move(filled);
    return trial;
  }

  ModelTrials& model_;
  const propose::Roles& roles_;
  std::vector<std::string> refused_;  // layouts that the model did not take: other columns alike would not do better
  OutputSpec output_;
  std::optional<DType> dtype_;
  std::size_t trials_ = 0;
  std::size_t taken_ = 0;
  std::optional<Trial> best_;
  double best_fit_ = 0.0;
  InputGuess best_guess_;
  std::string first_refusal_;
};

}  // namespace

Result<SettledModel> settle_live(Role role, const GivenModel& given, const TableProfile& golden,
                                 const DatasetSpec& dataset, const propose::Roles& roles) {
  ModelTrials model(std::string(to_string(role)), given.written, dataset, roles.task, roles.classes);
  const auto signature = model.signature();
  if (!signature) return std::unexpected(signature.error());
  const auto guesses = guess_inputs(golden, roles, *signature, vocabularies_near(golden.files, given.written));
  if (guesses.empty())
    return data_error(fmt::format(
        "modelgate init: {} has no columns that could fill the {} argument(s) of {}: numbers, lists of one length, or "
        "texts with a vocabulary (a JSON object of texts and codes beside the data). If the model needs other "
        "features, record its predictions and give those: --{} predictions.parquet.",
        golden.written, signature->arguments.size(), given.written, to_string(role)));
  SettledModel settled;
  settled.draft.source = ModelSource::live;
  settled.draft.path = given.written;
  settled.draft.inputs = guesses.front().inputs;
  settled.draft.inputs_why = {"a guess: the model took none of the columns that were tried", false};
  InputTrials trials(model, roles);
  trials.run(guesses);
  std::move(trials).into(settled);
  settled.confinement = model.confinement();
  return settled;
}

}  // namespace modelgate
