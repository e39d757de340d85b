// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/torch_values.hpp"

#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cstddef>

#include "gate/model/interpret.hpp"

namespace modelgate {
namespace {

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

}  // namespace

std::string without_backtrace(std::string text) {
  const std::size_t cut = text.find("Exception raised from ");
  if (cut != std::string::npos) text.resize(cut);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  constexpr std::size_t most = 8000;
  return text.size() > most ? text.substr(text.size() - most) : text;  // the last line names the error
}

at::Tensor tensor_of(const InputView& view, std::size_t rows) {
  std::vector<std::int64_t> sizes{static_cast<std::int64_t>(rows)};
  sizes.insert(sizes.end(), view.layout->row_shape.begin(), view.layout->row_shape.end());
  return at::from_blob(view.bytes, sizes, at::TensorOptions().dtype(scalar_type(view.layout->dtype)));
}

RunReply write_chosen(const at::IValue& answer, const LoadOrder& order, std::span<std::byte> output) {
  const at::Tensor given = chosen(answer, order);
  if (given.layout() != at::kStrided) throw WrongOutput{"the model's output is a sparse tensor"};
  const at::Tensor tensor = canonical(given);
  RunReply reply;
  reply.type = static_cast<std::uint8_t>(block_type(tensor.scalar_type()));
  reply.rank = static_cast<std::uint8_t>(std::min<std::int64_t>(tensor.dim(), 255));
  reply.rows = tensor.dim() == 0 ? 0 : static_cast<std::uint64_t>(tensor.size(0));
  reply.columns = tensor.dim() < 2 ? 1 : static_cast<std::uint64_t>(tensor.size(1));
  const auto* const values = static_cast<const std::byte*>(tensor.const_data_ptr());  // null where it has none
  if (tensor.nbytes() <= output.size()) std::copy_n(values, tensor.nbytes(), output.data());
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

}  // namespace modelgate
