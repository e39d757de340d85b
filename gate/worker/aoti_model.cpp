// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/aoti_model.hpp"

#include <ATen/DynamicLibrary.h>
#include <ATen/core/jit_type.h>
#include <ATen/ops/cat.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/csrc/inductor/aoti_runner/model_container_runner_cpu.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "gate/sandbox/scratch.hpp"
#include "gate/sandbox/syscall_filter.hpp"
#include "gate/worker/call_spec.hpp"
#include "gate/worker/input_words.hpp"
#include "gate/worker/package.hpp"
#include "gate/worker/torch_values.hpp"

namespace modelgate {
namespace {

/// torch's runner of one shared library, asked two more things that the library tells.
class Runner final : public torch::inductor::AOTIModelContainerRunnerCpu {
 public:
  using AOTIModelContainerRunnerCpu::AOTIModelContainerRunnerCpu;

  /// What went wrong in the last call; empty where the library keeps no such words.
  std::string last_error() const {
    const char* words = nullptr;
    if (get_last_error_func_ == nullptr || get_last_error_func_(&words) != AOTI_RUNTIME_SUCCESS) return {};
    return words == nullptr ? std::string() : std::string(words);
  }

  /// Bytes of weights that belong beside the library; nothing where it has them inside.
  std::optional<std::uint64_t> weight_bytes() const {
    std::uint64_t bytes = 0;
    if (get_constants_blob_size_func_ == nullptr ||
        get_constants_blob_size_func_(container_handle_, &bytes) != AOTI_RUNTIME_SUCCESS)
      return {};
    return bytes;
  }

  std::size_t count_inputs() {
    using Count = decltype(&AOTInductorModelContainerGetNumInputs);
    const auto ask = reinterpret_cast<Count>(model_so_->sym("AOTInductorModelContainerGetNumInputs"));
    std::size_t count = 0;
    if (ask(container_handle_, &count) != AOTI_RUNTIME_SUCCESS) throw Refusal{"the package does not count its inputs"};
    return count;
  }
};

at::IValue answer_of(const OutputTree& tree, const std::vector<at::Tensor>& tensors, std::size_t& next) {
  if (tree.kind == OutputTree::Kind::tensor) return tensors.at(next++);
  std::vector<at::IValue> parts;
  parts.reserve(tree.children.size());
  for (const OutputTree& child : tree.children) parts.push_back(answer_of(child, tensors, next));
  if (tree.kind == OutputTree::Kind::tuple) return c10::ivalue::Tuple::create(std::move(parts));
  if (tree.kind == OutputTree::Kind::list) {
    c10::impl::GenericList list(c10::AnyType::get());
    for (at::IValue& part : parts) list.push_back(std::move(part));
    return list;
  }
  c10::impl::GenericDict dict(c10::StringType::get(), c10::AnyType::get());
  for (std::size_t i = 0; i < parts.size(); ++i) dict.insert(tree.keys.at(i), std::move(parts[i]));
  return dict;
}

/// Opens the library, which runs what its author put into its constructors.
std::unique_ptr<Runner> open_library(const std::string& path) {
  try {
    return std::make_unique<Runner>(path);
  } catch (const c10::Error& error) {
    std::string words = without_backtrace(error.what_without_backtrace());
    if (words.find("failed to map segment") != std::string::npos)
      words += ". The folder for temporary files (TMPDIR) lets no code run from it (noexec); name another one.";
    if (words.find("Could not find schema for") !=
        std::string::npos)  // torch would have it registered by a C++ program
      words = words.substr(0, words.find(". ")) +
              ". The gate's worker has the operators of libtorch alone, none that a Python program or another library "
              "brings: write the model with those, or record its predictions where it runs.";
    if (words.find("undefined symbol") != std::string::npos)
      words += std::string(". It asks for what libtorch ") + TORCH_VERSION + " has not; export it with this torch.";
    throw Refusal{words};
  }
}

/// Type and shape of each input of a row, by which two requests are alike but for their number of rows.
using RowShape = std::vector<std::pair<DType, std::vector<std::int64_t>>>;

RowShape shape_of(std::span<const InputView> inputs) {
  RowShape row;
  row.reserve(inputs.size());
  for (const InputView& input : inputs) row.emplace_back(input.layout->dtype, input.layout->row_shape);
  return row;
}

bool is_of(std::span<const InputView> inputs, const RowShape& row) {
  return std::ranges::equal(inputs, row, [](const InputView& input, const auto& known) {
    return input.layout->dtype == known.first && input.layout->row_shape == known.second;
  });
}

std::vector<at::Tensor> tensors_of(std::span<const InputView> inputs, std::size_t rows) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(inputs.size());
  for (const InputView& input : inputs) {
    if (input.layout->dtype == DType::string)
      throw Refusal{"input " + std::to_string(tensors.size() + 1) +
                    " of the gate file is text, and .pt2 packages take tensors alone; give it codes (vocabulary), or "
                    "save the model as TorchScript (.pt)"};
    tensors.push_back(tensor_of(input, rows));
  }
  return tensors;
}

/// Compiled code reads whatever memory it is given as what it was compiled for, so its own check of each request stays
/// on: types, shapes, number of rows. One thing that check refuses is no fault: exporters note at least two rows where
/// any number is meant (torch.export's default), and torch's own loader, which checks nothing, runs one row all the
/// same. Such a package is asked for two rows, which the check judges, and then loaded again without it for single
/// rows.
class AotiModel final : public LoadedModel {
 public:
  AotiModel(int fd, const LoadOrder& order, bool filtered) : order_(order) {
    if (order.cuda)
      throw Refusal{
          "runtime.device is cuda, but .pt2 packages run on the CPU alone; write device: cpu, or save the model as "
          "TorchScript (.pt)"};
    Result<Package> package = unpack_package(fd, temporary_place());
    if (!package) throw Refusal{package.error().message};
    package_ = std::move(*package);
    if (filtered && !stop_writing())
      throw Refusal{
          "the package was not opened, because the kernel did not take the filter of system calls that keeps "
          "its code from writing files"};
    ::dlopen("libtorch.so", RTLD_LAZY | RTLD_GLOBAL);  // packages ask for it by name; ours stands beside libtorch_cpu
    load(true);
  }

  std::expected<ModelDescription, FailReply> describe() const override {
    return guarded([&] {
      ModelDescription description;
      const std::size_t inputs = std::min(inputs_, most_described);
      for (std::size_t i = 0; i < inputs; ++i)
        description.arguments.push_back({"input " + std::to_string(i + 1), "Tensor"});
      const auto constants = runner_->extract_constants_map(false);
      const std::map<std::string, at::Tensor> sorted(constants.begin(), constants.end());
      for (const auto& [name, constant] : sorted) add_width(description.widths, constant);
      return description;
    });
  }

  std::expected<RunReply, FailReply> run(std::span<const InputView> inputs, std::size_t rows,
                                         std::span<std::byte> output) override {
    return guarded([&] {
      const c10::InferenceMode inference;
      if (!checked_ && (rows != 1 || !is_of(inputs, found_good_))) load(true);
      if (inputs.size() != inputs_)
        throw Refusal{"the package takes " + std::to_string(inputs_) + " inputs, and the gate file names " +
                      std::to_string(inputs.size())};
      const std::vector<at::Tensor> answer = compute(inputs, rows);
      std::size_t next = 0;
      return write_chosen(answer_of(outputs_, answer, next), order_, output);
    });
  }

 private:
  void load(bool checked) {
    runner_.reset();
    ::setenv("AOTI_RUNTIME_CHECK_INPUTS", checked ? "1" : "0", 1);  // read once by each copy of the library
    runner_ = open_library(checked ? package_.library : package_.twin);
    if (!package_.weights.empty()) take_weights(package_.weights);
    if (!runner_->getConstantNamesToOriginalFQNs().empty() && runner_->extract_constants_map(false).empty())
      throw Refusal{"the package has no weights; export it without aot_inductor.package_constants_in_so: False"};
    inputs_ = runner_->count_inputs();
    const std::vector<std::string> spec = runner_->get_call_spec();
    auto outputs = read_output_tree(spec.at(1));
    if (!outputs) throw Refusal{outputs.error()};
    outputs_ = std::move(*outputs);
    checked_ = checked;
  }

  /// torch maps the file and reads as much as the library wants, however long the file is.
  void take_weights(const std::string& path) {
    const std::optional<std::uint64_t> wanted = runner_->weight_bytes();
    if (!wanted) throw Refusal{"the package has weights beside a library that brings its own; export it anew"};
    const std::uint64_t bytes = std::filesystem::file_size(path);
    if (bytes != *wanted)
      throw Refusal{"the package has " + std::to_string(bytes) + " bytes of weights, and its library wants " +
                    std::to_string(*wanted) + "; export it anew"};
    runner_->update_constant_buffer_from_blob(path);
  }

  std::vector<at::Tensor> compute(std::span<const InputView> inputs, std::size_t rows) {
    const std::vector<at::Tensor> tensors = tensors_of(inputs, rows);
    std::vector<at::Tensor> answer;
    std::string wrong = attempt(tensors, answer);
    if (rows == 1 && asks_for_two_rows(wrong)) {
      std::vector<at::Tensor> doubled;
      doubled.reserve(tensors.size());
      for (const at::Tensor& tensor : tensors) doubled.push_back(at::cat({tensor, tensor}));
      if (std::string other = attempt(doubled, answer); !other.empty()) throw Refusal{explain_failure(other, 2)};
      answer.clear();  // before the code that made it is gone
      found_good_ = shape_of(inputs);
      load(false);
      wrong = attempt(tensors, answer);
    }
    if (!wrong.empty()) throw Refusal{explain_failure(wrong, rows)};
    if (answer.size() != count_tensors(outputs_))
      throw WrongOutput{"the package gives " + std::to_string(answer.size()) + " tensors and describes " +
                        std::to_string(count_tensors(outputs_))};
    return answer;
  }

  /// Runs the library; what is wrong in its words, else empty.
  std::string attempt(const std::vector<at::Tensor>& inputs, std::vector<at::Tensor>& answer) {
    try {
      answer = runner_->run(inputs);
      return {};
    } catch (const std::exception& error) {
      const auto* ours = dynamic_cast<const c10::Error*>(&error);
      std::string words = runner_->last_error();
      if (words.empty()) words = without_backtrace(ours == nullptr ? error.what() : ours->what_without_backtrace());
      return words.empty() ? "the package failed without a word" : words;
    }
  }

  bool asks_for_two_rows(std::string_view words) const {
    const auto mismatch = read_mismatch(words);
    return checked_ && mismatch && mismatch->kind == InputMismatch::Kind::too_small && mismatch->axis == 0 &&
           mismatch->expected == 2;
  }

  LoadOrder order_;
  Package package_;
  std::unique_ptr<Runner> runner_;
  OutputTree outputs_;
  std::size_t inputs_ = 0;
  bool checked_ = true;
  RowShape found_good_;  // by the check, before it was left out
};

}  // namespace

LoadedOrRefused load_aotinductor(int fd, const LoadOrder& order, bool filtered) {
  return guarded([&]() -> std::unique_ptr<LoadedModel> {
    const c10::InferenceMode inference;
    return std::make_unique<AotiModel>(fd, order, filtered);
  });
}

}  // namespace modelgate
