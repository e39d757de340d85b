// SPDX-License-Identifier: Apache-2.0
// TorchScript, by the narrowest headers of torch (torch/torch.h takes twice as long to compile).
#include "gate/worker/torch_model.hpp"

#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/headeronly/version.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "gate/worker/torch_values.hpp"

namespace modelgate {
namespace {

std::uint64_t offset_at(const std::byte* offsets, std::size_t index) {
  std::uint64_t offset = 0;
  std::memcpy(&offset, offsets + index * sizeof(offset), sizeof(offset));
  return offset;
}

/// rows strings as List[str]; several a row as List[List[str]].
at::IValue string_list(const InputView& view, std::size_t rows) {
  const std::size_t per_row = view.layout->strings_per_row;
  const auto* text = reinterpret_cast<const char*>(view.bytes) + (rows * per_row + 1) * sizeof(std::uint64_t);
  const auto string_at = [&](std::size_t i) {
    const std::uint64_t begin = offset_at(view.bytes, i);
    return std::string(text + begin, offset_at(view.bytes, i + 1) - begin);
  };
  c10::List<std::string> flat;
  c10::List<c10::List<std::string>> nested;
  for (std::size_t row = 0; row < rows; ++row) {
    c10::List<std::string> own;
    for (std::size_t i = 0; i < per_row; ++i) (per_row == 1 ? flat : own).push_back(string_at(row * per_row + i));
    if (per_row != 1) nested.push_back(std::move(own));
  }
  return per_row == 1 ? at::IValue(std::move(flat)) : at::IValue(std::move(nested));
}

/// The first GPU; says which of library and device is missing.
at::Device gpu() {
  // A CUDA build keeps its part for the GPU in a library of its own, which nothing here links.
  if (::dlopen("libtorch_cuda.so", RTLD_LAZY | RTLD_GLOBAL) == nullptr || !at::CUDAHooksRegistry()->Has("CUDAHooks")) {
    throw Refusal{std::string("runtime.device is cuda, but this libtorch ") + TORCH_VERSION +
                  " is built for the CPU alone; install torch's build for CUDA of this version, or write device: cpu"};
  }
  if (!at::detail::getCUDAHooks().hasCUDA())
    throw Refusal{
        "runtime.device is cuda, but libtorch finds no GPU that it can use; run on a machine with one and its "
        "driver, or write device: cpu"};
  return {at::kCUDA, 0};
}

at::IValue argument(const InputView& view, std::size_t rows) {
  if (view.layout->dtype == DType::string) return string_list(view, rows);
  return tensor_of(view, rows);
}

class TorchModel final : public LoadedModel {
 public:
  TorchModel(int fd, const LoadOrder& order) : order_(order) {
    if (order.cuda) device_ = gpu();
    script_ = torch::jit::load("/proc/self/fd/" + std::to_string(fd), device_);
    script_.eval();
    forward_ = script_.get_method("forward");
  }

  std::expected<ModelDescription, FailReply> describe() const override {
    return guarded([&] {
      ModelDescription description;
      const auto& arguments = script_.get_method("forward").function().getSchema().arguments();
      for (std::size_t i = 1; i < arguments.size() && description.arguments.size() < most_described; ++i) {
        if (arguments[i].default_value()) continue;
        constexpr std::size_t longest = 200;
        description.arguments.push_back(
            {arguments[i].name().substr(0, longest), arguments[i].type()->repr_str().substr(0, longest)});
      }
      for (const at::Tensor& buffer : script_.buffers()) add_width(description.widths, buffer);
      for (const at::Tensor& parameter : script_.parameters()) add_width(description.widths, parameter);
      return description;
    });
  }

  std::expected<RunReply, FailReply> run(std::span<const InputView> inputs, std::size_t rows,
                                         std::span<std::byte> output) override {
    return guarded([&] {
      const c10::InferenceMode inference;
      std::vector<at::IValue> arguments;
      arguments.reserve(inputs.size());
      const bool on_gpu = device_.is_cuda();
      for (const InputView& view : inputs) {
        at::IValue value = argument(view, rows);
        arguments.push_back(on_gpu && value.isTensor() ? at::IValue(value.toTensor().to(device_)) : value);
      }
      const RunReply reply = write_chosen((*forward_)(std::move(arguments)), order_, output);
      if (on_gpu) at::detail::getCUDAHooks().deviceSynchronize(device_.index());  // no work is left to the next
      return reply;
    });
  }

 private:
  LoadOrder order_;
  at::Device device_ = at::kCPU;
  torch::jit::Module script_;
  std::optional<torch::jit::Method> forward_;  // looked up once, not by name at each request
};

}  // namespace

LoadedOrRefused load_torchscript(int fd, const LoadOrder& order) {
  return guarded([&]() -> std::unique_ptr<LoadedModel> {
    const c10::InferenceMode inference;
    return std::make_unique<TorchModel>(fd, order);
  });
}

bool is_our_torch() { return aoti_torch_abi_version() == TORCH_ABI_VERSION; }

void configure_torch(int threads, bool profiling) {
  torch::jit::getProfilingMode() = profiling;
  at::set_num_threads(threads);
  at::set_num_interop_threads(1);
}

std::string torch_version() { return std::string("libtorch ") + TORCH_VERSION; }

}  // namespace modelgate
