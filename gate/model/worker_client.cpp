// SPDX-License-Identifier: Apache-2.0
#include "gate/model/worker_client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "gate/sandbox/sanitized.hpp"

namespace modelgate {
namespace {

constexpr double polite_quit_s = 2.0;
constexpr double ping_timeout_s = 10.0;
constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t least_output_bytes = kib * kib;
constexpr std::uint64_t most_output_bytes = 256 * kib * kib;
constexpr std::uint64_t most_open_files = 1024;
constexpr std::uint64_t output_bytes_per_row = 8 * kib;  // 1,024 float64 scores

double seconds_since(Deadline start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Nothing of the gate's own environment goes to the worker (secrets live there) but what the loader, sanitizers and
/// the GPU's driver need.
std::vector<std::string> worker_environment(const RuntimeSpec& runtime) {
  std::vector<std::string> environment{"LC_ALL=C", fmt::format("OMP_NUM_THREADS={}", runtime.threads),
                                       fmt::format("MKL_NUM_THREADS={}", runtime.threads)};
  for (const char* name : {"LD_LIBRARY_PATH", "UBSAN_OPTIONS", "CUDA_VISIBLE_DEVICES"}) {
    if (const char* value = std::getenv(name)) environment.push_back(fmt::format("{}={}", name, value));
  }
  // Leaks count in the gate alone: libtorch keeps what it once made. A model's own SIGSEGV stays one, and what it asks
  // for in one piece beyond runtime.memory is refused.
  if (sanitized) {
    constexpr std::string_view of_sanitizers =
        "ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:handle_segv=0:allocator_may_return_null=1:max_allocation_size_mb="
        "{}";
    environment.push_back(fmt::format(of_sanitizers, runtime.memory_bytes / kib / kib));
  }
  return environment;
}

/// The gate's own deadlines come sooner, though a package brings its own number of threads: all CPUs, one more, and a
/// minute for what a library adds.
std::uint64_t cpu_backstop_s(const RuntimeSpec& runtime) {
  const auto threads = std::max<long>(runtime.threads, ::sysconf(_SC_NPROCESSORS_ONLN));
  return static_cast<std::uint64_t>(runtime.timeout_s * static_cast<double>(threads + 1)) + 60;
}

/// What RLIMIT_DATA does not count (files, shared buffers, room that is only set aside) is bounded, too: each GiB of
/// addresses that is touched here and there takes 2 MiB of the kernel's own memory.
std::uint64_t most_addresses(const RuntimeSpec& runtime) {
  constexpr std::uint64_t libraries = 8 * kib * kib * kib;
  constexpr std::uint64_t of_a_thread = 128 * kib * kib;  // glibc sets aside as much for each one's allocations
  return 2 * runtime.memory_bytes + libraries + static_cast<std::uint64_t>(runtime.threads) * of_a_thread;
}

LaunchSpec launch_spec(const WorkerOptions& options, int socket) {
  LaunchSpec spec;
  spec.program = options.program;
  spec.arguments = {"--threads",   std::to_string(options.runtime.threads),
                    "--allocator", options.runtime.pinned_allocator ? "pinned" : "system",
                    "--executor",  options.profiling ? "profiling" : "plain"};
  spec.environment = worker_environment(options.runtime);
  spec.fds = {socket};
  spec.cpus = options.cpus;
  spec.file_bytes = options.runtime.memory_bytes;  // what is unpacked has to fit the memory, too
  spec.open_files = most_open_files;
  spec.cpu_s = cpu_backstop_s(options.runtime);
  if (!sanitized) spec.data_bytes = options.runtime.memory_bytes;
  if (!sanitized && options.runtime.device != "cuda") spec.address_bytes = most_addresses(options.runtime);
  return spec;
}

std::uint64_t output_bytes(std::uint64_t rows) {
  return std::max(std::clamp(rows * output_bytes_per_row, least_output_bytes, most_output_bytes),
                  rows * 16 * sizeof(double));
}

}  // namespace

Result<std::string> worker_program() {
  std::array<char, PATH_MAX> self{};
  const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
  const std::string own(self.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  std::string program = own.substr(0, own.rfind('/') + 1) + "modelgate-worker";
  if (::access(program.c_str(), X_OK) != 0) {
    return internal_error(program +
                          " is missing or not executable; it is built and installed beside modelgate (ci/build).");
  }
  return program;
}

Result<std::unique_ptr<WorkerClient>> WorkerClient::start(WorkerOptions options) {
  if (options.program.empty()) {
    Result<std::string> program = worker_program();
    if (!program) return std::unexpected(program.error());
    options.program = std::move(*program);
  }
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return internal_error(fmt::format("No socket for a worker could be made: {}.", std::strerror(errno)));
  }
  UniqueFd own(ends[0]);
  const UniqueFd theirs(ends[1]);
  const timeval blind{.tv_sec = 0, .tv_usec = std::chrono::microseconds(quick_wait).count()};
  // Orders wait only where a worker answers them without taking them: else two at most are unread.
  if (::setsockopt(own.get(), SOL_SOCKET, SO_RCVTIMEO, &blind, sizeof blind) != 0 ||
      ::setsockopt(own.get(), SOL_SOCKET, SO_SNDTIMEO, &blind, sizeof blind) != 0)
    return internal_error(fmt::format("A worker's socket takes no timeout: {}.", std::strerror(errno)));
  Result<Process> process = Process::launch(launch_spec(options, theirs.get()));
  if (!process) return std::unexpected(process.error());
  // NOLINTNEXTLINE(cppcoreguidelines-owning-memory): private constructor
  std::unique_ptr<WorkerClient> client(new WorkerClient(std::move(options), std::move(*process), std::move(own)));
  Result<ProcCounters> proc = ProcCounters::open(client->process_.pid());
  if (!proc) return std::unexpected(proc.error());
  client->proc_ = std::move(*proc);
  return client;
}

WorkerClient::WorkerClient(WorkerOptions options, Process process, UniqueFd socket)
    : options_(std::move(options)),
      process_(std::move(process)),
      socket_(std::move(socket)),
      started_(std::chrono::steady_clock::now()),
      life_(deadline_in(options_.runtime.timeout_s)),
      load_ordered_(started_),
      counted_(started_) {}

WorkerClient::~WorkerClient() = default;

Result<void> WorkerClient::load(const ModelFile& model, const OutputSpec& output) {
  load_ordered_ = std::chrono::steady_clock::now();
  loading_ = "loading " + std::filesystem::path(model.path).filename().string();
  native_ = model.native;
  const bool cuda = options_.runtime.device == "cuda";
  if (native_ && cuda)  // else it would be told that a GPU leaves less isolation than it needs
    return fail(
        Reason::model_unloadable,
        "runtime.device is cuda, but .pt2 packages run on the CPU alone; write device: cpu, or save the model as "
        "TorchScript (.pt).");
  if (native_) {
    static std::once_flag swept;
    std::call_once(swept, ScratchFolder::remove_abandoned);
    Result<ScratchFolder> scratch = ScratchFolder::make();
    if (!scratch) return std::unexpected(scratch.error());
    scratch_ = std::move(*scratch);
  }
  const LoadOrder order{.index = output.index,
                        .name = output.name,
                        .instrumented = options_.instrumented,
                        .slowdown = options_.slowdown,
                        .cuda = cuda,
                        .native = native_,
                        .least = least_isolation(options_.runtime, native_),
                        .scratch = scratch_.path()};
  return send(MessageKind::load, ++sequence_, encode(order), {model.fd.get()});
}

/// The worker's word is taken for what it says before it opens the model, and only where the kernel says the same.
Result<void> WorkerClient::confined() {
  Result<Message> reply = receive(MessageKind::confined, sequence_, options_.runtime.timeout_s, loading_);
  if (!reply) return std::unexpected(reply.error());
  const Result<Confinement> said = decode_confinement(reply->body);
  if (!said) return fail(Reason::model_crashed, said.error().message);
  const std::string status = proc_.status();
  if (status.empty()) return died(loading_);
  confinement_ = confirmed_by(*said, status);
  if (confinement_->seccomp) process_.expect_no_orphans();
  if (level_of(*confinement_) >= least_isolation(options_.runtime, native_)) return {};
  stayed_closed_ = true;
  return fail(Reason::isolation_insufficient, insufficient_isolation(*confinement_, options_.runtime, native_));
}

Result<WorkerReady> WorkerClient::ready() {
  if (const Result<void> shut_in = confined(); !shut_in) return std::unexpected(shut_in.error());
  Result<Message> reply = receive(MessageKind::ready, sequence_, options_.runtime.timeout_s, loading_);
  if (!reply) return std::unexpected(reply.error());
  return WorkerReady{seconds_since(started_), seconds_since(load_ordered_), printable_tail(reply->body, 100, 1)};
}

Result<ModelDescription> WorkerClient::describe() {
  if (Result<void> sent = send(MessageKind::describe, ++sequence_, {}); !sent) return std::unexpected(sent.error());
  Result<Message> reply =
      receive(MessageKind::description, sequence_, options_.runtime.request_timeout_s, "describing the model");
  if (!reply) return std::unexpected(reply.error());
  Result<ModelDescription> description = decode_description(reply->body);
  if (!description) return fail(Reason::model_crashed, description.error().message);
  return description;
}

Result<void> WorkerClient::attach(std::shared_ptr<InputBuffers> inputs) {
  if (!in_flight_.empty()) return internal_error("New inputs cannot be attached while requests are unanswered.");
  AttachOrder order{inputs->layouts(), inputs->slots(), inputs->max_rows(), max_in_flight,
                    output_bytes(inputs->max_rows())};
  const std::uint64_t bytes = order.output_slots * order.output_slot_bytes;
  Result<UniqueFd> fd = create_shared_memory("modelgate-outputs", bytes);
  if (!fd) return std::unexpected(fd.error());
  Result<Mapping> output = Mapping::map(fd->get(), bytes, Mapping::Access::shared_read);
  if (!output) return std::unexpected(output.error());
  Result<void> sent = send(MessageKind::attach, ++sequence_, encode(order), {inputs->fd(), fd->get()});
  if (!sent) return sent;
  Result<Message> reply =
      receive(MessageKind::attached, sequence_, options_.runtime.request_timeout_s, "taking its inputs");
  if (!reply) return std::unexpected(reply.error());
  inputs_ = std::move(inputs);
  output_ = std::move(*output);
  output_slot_bytes_ = order.output_slot_bytes;
  return {};
}

Result<void> WorkerClient::ping() {
  Result<void> sent = send(MessageKind::ping, ++sequence_, {});
  if (!sent) return sent;
  Result<Message> reply = receive(MessageKind::pong, sequence_, ping_timeout_s, "answering a ping");
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Result<double> WorkerClient::cpu_s() const { return proc_.cpu_s(); }

Result<WorkerCounters> WorkerClient::counters() const { return proc_.read(); }

std::uint64_t WorkerClient::peak_rss_bytes() {
  if (!process_.reaped()) last_peak_rss_bytes_ = std::max(last_peak_rss_bytes_, proc_.peak_rss_bytes());
  return last_peak_rss_bytes_;
}

void WorkerClient::prolong(double seconds) {
  life_ += std::chrono::duration_cast<Deadline::duration>(std::chrono::duration<double>(seconds));
}

ExitStatus WorkerClient::quit() {
  if (process_.reaped()) return process_.kill();
  peak_rss_bytes();
  if (send(MessageKind::quit, ++sequence_, {})) return process_.finish(deadline_in(polite_quit_s));
  return process_.kill();
}

std::string WorkerClient::printed() const {
  if (!complaint_.empty()) return {};  // it stands in the error
  std::string all = process_.standard_output().text() + process_.standard_error().text();
  return printable_tail(all);
}

}  // namespace modelgate
