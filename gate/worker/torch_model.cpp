// SPDX-License-Identifier: Apache-2.0
// The only source that includes torch, and the narrowest headers of it (torch/torch.h takes twice as long to compile).
#include "gate/worker/torch_model.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "gate/model/interpret.hpp"

namespace modelgate {
namespace {

using Failure = std::unexpected<FailReply>;

/// Thrown here, caught below: what the model gave is no usable tensor.
struct WrongOutput {
  std::string text;
};

/// Thrown here, caught below: what was asked for cannot be had on this machine.
struct NoDevice {
  std::string text;
};

std::string without_backtrace(std::string text) {
  const std::size_t cut = text.find("Exception raised from ");
  if (cut != std::string::npos) text.resize(cut);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  constexpr std::size_t most = 8000;
  return text.size() > most ? text.substr(text.size() - most) : text;  // the last line names the error
}

/// Runs action, turning whatever a library throws into a reply.
template <class Action>
auto guarded(Action&& action) -> std::expected<decltype(action()), FailReply> {
  try {
    return std::forward<Action>(action)();
  } catch (const WrongOutput& wrong) {
    return Failure(FailReply{true, wrong.text});
  } catch (const NoDevice& missing) {
    return Failure(FailReply{false, missing.text});
  } catch (const c10::Error& error) {
    return Failure(FailReply{false, without_backtrace(error.what_without_backtrace())});
  } catch (const std::exception& error) {
    return Failure(FailReply{false, without_backtrace(error.what())});
  } catch (...) {
    return Failure(FailReply{false, "an exception of an unknown kind"});
  }
}

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::float32: return at::kFloat;
    case DType::float64: return at::kDouble;
    case DType::int64: return at::kLong;
    case DType::int32: return at::kInt;
    case DType::uint8: return at::kByte;
    case DType::boolean: return at::kBool;
    case DType::string: break;
  }
  throw WrongOutput{"an input of strings is no tensor"};
}

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
    throw NoDevice{std::string("runtime.device is cuda, but this libtorch ") + TORCH_VERSION +
                   " is built for the CPU alone; install torch's build for CUDA of this version, or write device: cpu"};
  }
  if (!at::detail::getCUDAHooks().hasCUDA())
    throw NoDevice{
        "runtime.device is cuda, but libtorch finds no GPU that it can use; run on a machine with one and its "
        "driver, or write device: cpu"};
  return {at::kCUDA, 0};
}

at::IValue argument(const InputView& view, std::size_t rows) {
  if (view.layout->dtype == DType::string) return string_list(view, rows);
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(rows)};
  sizes.insert(sizes.end(), view.layout->row_shape.begin(), view.layout->row_shape.end());
  return at::from_blob(view.bytes, sizes, at::TensorOptions().dtype(scalar_type(view.layout->dtype)));
}

at::IValue element(const std::vector<at::IValue>& elements, const LoadOrder& order) {
  if (!order.index && elements.size() == 1) return elements[0];
  if (!order.index)
    throw WrongOutput{"the model gives " + std::to_string(elements.size()) + " outputs; choose one by output.index"};
  if (*order.index < 0 || static_cast<std::size_t>(*order.index) >= elements.size()) {
    throw WrongOutput{"output.index is " + std::to_string(*order.index) + ", but the model gives " +
                      std::to_string(elements.size()) + " outputs"};
  }
  return elements[static_cast<std::size_t>(*order.index)];
}

at::IValue entry(const c10::impl::GenericDict& dict, const LoadOrder& order) {
  std::string names;
  for (const auto& item : dict) {
    if (!item.key().isString()) continue;
    if (item.key().toStringRef() == order.name) return item.value();
    names += (names.empty() ? "" : ", ") + item.key().toStringRef();
  }
  if (order.name.empty())
    throw WrongOutput{"the model gives a dict; choose one of its entries by output.name: " + names};
  throw WrongOutput{"the model's output has no entry \"" + order.name + "\"; it has: " + names};
}

at::Tensor chosen(const at::IValue& answer, const LoadOrder& order) {
  at::IValue value = answer;
  if (value.isTuple()) {
    const auto elements = value.toTupleRef().elements().vec();
    value = element(elements, order);
  } else if (value.isList()) {
    value = element(value.toListRef().vec(), order);
  } else if (value.isGenericDict()) {
    value = entry(value.toGenericDict(), order);
  } else if (order.index || !order.name.empty()) {
    throw WrongOutput{"output.index or output.name is given, but the model gives a single " + value.tagKind()};
  }
  if (!value.isTensor()) throw WrongOutput{"the model's output is a " + value.tagKind() + ", not a tensor"};
  return value.toTensor();
}

/// One of the four types the gate reads, on the CPU, dense.
at::Tensor canonical(const at::Tensor& tensor) {
  const at::ScalarType type = tensor.scalar_type();
  at::ScalarType wanted = type;
  if (type == at::kHalf || type == at::kBFloat16) wanted = at::kFloat;
  if (at::isIntegralType(type, false)) wanted = at::kLong;
  if (at::isComplexType(type)) throw WrongOutput{"the model's output is complex"};
  if (wanted != at::kFloat && wanted != at::kDouble && wanted != at::kLong && wanted != at::kBool) {
    throw WrongOutput{std::string("the model's output is of type ") + c10::toString(type)};
  }
  if (type == wanted && tensor.is_cpu()) return tensor.contiguous();  // to() would ask the dispatcher all the same
  return tensor.to(at::kCPU, wanted).contiguous();
}

OutputBlock::Type block_type(at::ScalarType type) {
  if (type == at::kFloat) return OutputBlock::Type::float32;
  if (type == at::kDouble) return OutputBlock::Type::float64;
  return type == at::kLong ? OutputBlock::Type::int64 : OutputBlock::Type::boolean;
}

RunReply write(const at::Tensor& answer, std::span<std::byte> output) {
  if (answer.layout() != at::kStrided) throw WrongOutput{"the model's output is a sparse tensor"};
  const at::Tensor tensor = canonical(answer);
  RunReply reply;
  reply.type = static_cast<std::uint8_t>(block_type(tensor.scalar_type()));
  reply.rank = static_cast<std::uint8_t>(std::min<std::int64_t>(tensor.dim(), 255));
  reply.rows = tensor.dim() == 0 ? 0 : static_cast<std::uint64_t>(tensor.size(0));
  reply.columns = tensor.dim() < 2 ? 1 : static_cast<std::uint64_t>(tensor.size(1));
  if (tensor.nbytes() <= output.size()) std::memcpy(output.data(), tensor.const_data_ptr(), tensor.nbytes());
  return reply;
}

/// A layer [out, in, …] matches an input by its second size, a vector of means or scales by its only one.
void add_width(std::vector<std::uint64_t>& widths, const at::Tensor& tensor) {
  if (tensor.dim() < 1 || tensor.dim() > 4 || widths.size() >= most_described) return;
  for (const std::int64_t axis : {std::min<std::int64_t>(tensor.dim() - 1, 1), std::int64_t{0}}) {
    const auto width = static_cast<std::uint64_t>(tensor.size(axis));
    if (widths.size() < most_described && std::ranges::find(widths, width) == widths.end()) widths.push_back(width);
  }
}

}  // namespace

struct TorchModel::Module {
  torch::jit::Module script;
  std::optional<torch::jit::Method> forward;  // looked up once, not by name at each request
  LoadOrder order;
  at::Device device = at::kCPU;
};

TorchModel::TorchModel(std::unique_ptr<Module> module) : module_(std::move(module)) {}
TorchModel::~TorchModel() = default;

std::expected<std::unique_ptr<TorchModel>, FailReply> TorchModel::load(int fd, const LoadOrder& order) {
  return guarded([&] {
    const c10::InferenceMode inference;
    auto module = std::make_unique<Module>();
    if (order.cuda) module->device = gpu();
    module->script = torch::jit::load("/proc/self/fd/" + std::to_string(fd), module->device);
    module->script.eval();
    module->forward = module->script.get_method("forward");
    module->order = order;
    return std::unique_ptr<TorchModel>(new TorchModel(std::move(module)));  // NOLINT(cppcoreguidelines-owning-memory)
  });
}

std::expected<ModelDescription, FailReply> TorchModel::describe() const {
  return guarded([&] {
    ModelDescription description;
    const auto& arguments = module_->script.get_method("forward").function().getSchema().arguments();
    for (std::size_t i = 1; i < arguments.size() && description.arguments.size() < most_described; ++i) {
      if (arguments[i].default_value()) continue;
      constexpr std::size_t longest = 200;
      description.arguments.push_back(
          {arguments[i].name().substr(0, longest), arguments[i].type()->repr_str().substr(0, longest)});
    }
    for (const at::Tensor& buffer : module_->script.buffers()) add_width(description.widths, buffer);
    for (const at::Tensor& parameter : module_->script.parameters()) add_width(description.widths, parameter);
    return description;
  });
}

std::expected<RunReply, FailReply> TorchModel::run(std::span<const InputView> inputs, std::size_t rows,
                                                   std::span<std::byte> output) {
  return guarded([&] {
    const c10::InferenceMode inference;
    std::vector<at::IValue> arguments;
    arguments.reserve(inputs.size());
    const bool on_gpu = module_->device.is_cuda();
    for (const InputView& view : inputs) {
      at::IValue value = argument(view, rows);
      arguments.push_back(on_gpu && value.isTensor() ? at::IValue(value.toTensor().to(module_->device)) : value);
    }
    const RunReply reply = write(chosen((*module_->forward)(std::move(arguments)), module_->order), output);
    if (on_gpu) at::detail::getCUDAHooks().deviceSynchronize(module_->device.index());  // no work is left to the next
    return reply;
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
