// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gate/core/error.hpp"
#include "gate/core/plan.hpp"
#include "gate/core/repeats.hpp"
#include "gate/model/output_memory.hpp"

namespace modelgate {

/// How far the answers to one request may lie apart in timed rounds. On a CPU with one thread they are equal bit for
/// bit, but for TorchScript's optimiser, which begins with a worker's third request and may add up in another order or
/// fuse: 1e-5 of the number, and 1e-5 near zero, is what torch.jit.trace allows (check_tolerance) when it runs a model
/// again for this reason. A larger tolerance of a determinism check holds instead, as somebody has declared that much
/// to be the model's nature; where the gate file extends a policy, the policy's alone.
SameWithin timed_tolerance(const Plan& plan);

/// The error of a model whose answers to the same requests differ by more than found.same. policy: the file that alone
/// may declare more, empty where that is the gate file.
Error outputs_differ(Role role, const RepeatedOutputs& found, const std::string& policy);

}  // namespace modelgate
