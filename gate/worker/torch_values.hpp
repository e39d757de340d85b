// SPDX-License-Identifier: Apache-2.0
// What every kind of model shares of libtorch: inputs as tensors, outputs as the gate reads them, exceptions as
// replies. For the sources that load models only: it includes torch.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <c10/util/Exception.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gate/worker/loaded_model.hpp"

namespace modelgate {

/// Thrown in an action that is guarded: what the model gave is no usable tensor.
struct WrongOutput {
  std::string text;
};

/// Thrown in an action that is guarded: a refusal in our own words.
struct Refusal {
  std::string text;
};

/// Cut before libtorch's C++ backtrace, and to its end, which names the error.
std::string without_backtrace(std::string text);

/// Runs action, turning whatever a library throws into a reply.
template <class Action>
auto guarded(Action&& action) -> std::expected<decltype(action()), FailReply> {
  using Failure = std::unexpected<FailReply>;
  try {
    return std::forward<Action>(action)();
  } catch (const WrongOutput& wrong) {
    return Failure(FailReply{true, wrong.text});
  } catch (const Refusal& refusal) {
    return Failure(FailReply{false, refusal.text});
  } catch (const c10::Error& error) {
    return Failure(FailReply{false, without_backtrace(error.what_without_backtrace())});
  } catch (const std::exception& error) {
    return Failure(FailReply{false, without_backtrace(error.what())});
  } catch (...) {
    return Failure(FailReply{false, "an exception of an unknown kind"});
  }
}

/// The input's bytes as they lie, [rows, …]. Strings are no tensor: WrongOutput.
at::Tensor tensor_of(const InputView& view, std::size_t rows);

/// Takes the tensor that the order names out of a model's answer and writes it as LoadedModel::run says; WrongOutput
/// where there is none.
RunReply write_chosen(const at::IValue& answer, const LoadOrder& order, std::span<std::byte> output);

/// The sizes by which a parameter or buffer could meet an input; at most most_described in all.
void add_width(std::vector<std::uint64_t>& widths, const at::Tensor& tensor);

}  // namespace modelgate
