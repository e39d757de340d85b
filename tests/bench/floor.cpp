// SPDX-License-Identifier: Apache-2.0
// The floor of the whole-process comparison: bare libtorch runs two models over rows that lie in memory, and does
// nothing else. bench_floor A.pt B.pt rows.bin COLUMNS: rows.bin holds float32 rows; batch 4,096, one thread, allocator
// pinned. bench_floor --single A.pt COLUMNS: microseconds of one request of one row, the median of many.
#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

namespace {

constexpr std::int64_t batch = 4096;

/// As the worker does it: freed memory is kept.
void pin_allocator() {
  constexpr int huge = 1 << 30;
  mallopt(M_TRIM_THRESHOLD, huge);
  if (mallopt(M_MMAP_THRESHOLD, huge) == 0) mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 64 << 20);
}

/// Scores of all rows, kept as the gate must keep them, too.
std::vector<float> scores(const char* path, float* rows, std::int64_t count, std::int64_t columns) {
  auto model = torch::jit::load(path, at::kCPU);
  model.eval();
  std::vector<float> result(static_cast<std::size_t>(count));
  for (std::int64_t first = 0; first < count; first += batch) {
    const std::int64_t size = std::min(batch, count - first);
    const at::Tensor input =
        at::from_blob(rows + first * columns, {size, columns}, at::TensorOptions().dtype(at::kFloat));
    const at::Tensor answer = model.forward({input}).toTensor().contiguous();
    std::memcpy(result.data() + first, answer.const_data_ptr<float>(), static_cast<std::size_t>(size) * sizeof(float));
  }
  return result;
}

int run(char** argv) {
  const std::int64_t columns = std::atoll(argv[4]);
  const int file = open(argv[3], O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (file < 0 || fstat(file, &status) != 0 || columns < 1) return 2;
  const auto bytes = static_cast<std::size_t>(status.st_size);
  void* rows = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  if (rows == MAP_FAILED) return 2;
  const std::int64_t count = static_cast<std::int64_t>(bytes / sizeof(float)) / columns;
  const c10::InferenceMode inference;
  const auto first = scores(argv[1], static_cast<float*>(rows), count, columns);
  const auto second = scores(argv[2], static_cast<float*>(rows), count, columns);
  std::printf("%lld rows, last scores %.6f %.6f\n", static_cast<long long>(count), static_cast<double>(first.back()),
              static_cast<double>(second.back()));
  return 0;
}

int single(char** argv) {
  constexpr std::size_t warm_up = 2000;
  constexpr std::size_t requests = 20000;
  const std::int64_t columns = std::atoll(argv[3]);
  if (columns < 1) return 2;
  const c10::InferenceMode inference;
  auto model = torch::jit::load(argv[2], at::kCPU);
  model.eval();
  std::vector<float> row(static_cast<std::size_t>(columns));
  std::vector<float> answer(row.size());
  std::vector<double> microseconds;
  microseconds.reserve(warm_up + requests);
  for (std::size_t i = 0; i < warm_up + requests; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const at::Tensor input = at::from_blob(row.data(), {1, columns}, at::TensorOptions().dtype(at::kFloat));
    const at::Tensor output = model.forward({input}).toTensor().contiguous();
    std::memcpy(answer.data(), output.const_data_ptr(), std::min(output.nbytes(), answer.size() * sizeof(float)));
    microseconds.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  }
  const auto first = microseconds.begin() + warm_up;
  std::nth_element(first, first + requests / 2, microseconds.end());
  std::printf("%.2f\n", *(first + requests / 2));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  pin_allocator();
  const bool one_by_one = argc == 4 && std::strcmp(argv[1], "--single") == 0;
  if (argc != 5 && !one_by_one) {
    std::fputs("bench_floor A.pt B.pt rows.bin COLUMNS | --single A.pt COLUMNS\n", stderr);
    return 2;
  }
  at::set_num_threads(1);
  at::set_num_interop_threads(1);
  int code = 3;
  try {
    code = one_by_one ? single(argv) : run(argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_floor: %s\n", error.what());
  }
  std::fflush(nullptr);
  std::_Exit(code);  // as the worker: no farewell of libtorch
}
