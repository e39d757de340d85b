// SPDX-License-Identifier: Apache-2.0
#include "gate/measure/machine_watch.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace modelgate {
namespace {

constexpr std::size_t steal_column = 7;  // user nice system idle iowait irq softirq steal guest guest_nice
constexpr std::size_t columns = 8;       // guests stand in user and nice already

/// The first line that begins with this word, without it.
std::optional<std::string> line_of(const std::string& path, const std::string& word) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(word)) return line.substr(word.size());
  }
  return std::nullopt;
}

std::optional<double> share_of(std::optional<double> before, std::optional<double> after, double whole) {
  if (!before || !after || !(whole > 0.0)) return std::nullopt;
  return std::clamp((*after - *before) / whole, 0.0, 1.0);
}

}  // namespace

MachineWatch::MachineWatch(const Clock& clock, std::string proc)
    : clock_(clock), proc_(std::move(proc)), before_(read()) {}

MachineState MachineWatch::state() const {
  const Counters after = read();
  MachineState state;
  std::ifstream loads(proc_ + "/loadavg");
  if (double load = 0.0; loads >> load) state.load = load;
  if (before_.ticks && after.ticks)
    state.steal = share_of(before_.stolen_ticks, after.stolen_ticks, *after.ticks - *before_.ticks);
  state.cpu_pressure = share_of(before_.pressed_us, after.pressed_us, (after.now_s - before_.now_s) * 1e6);
  return state;
}

MachineWatch::Counters MachineWatch::read() const {
  Counters counters;
  counters.now_s = clock_.now_s();
  if (const auto line = line_of(proc_ + "/stat", "cpu ")) {
    std::istringstream numbers(*line);
    double all = 0.0;
    double ticks = 0.0;
    for (std::size_t column = 0; column < columns && numbers >> ticks; ++column) {
      all += ticks;
      if (column == steal_column) counters.stolen_ticks = ticks;
    }
    if (counters.stolen_ticks) counters.ticks = all;
  }
  if (const auto line = line_of(proc_ + "/pressure/cpu", "some ")) {
    const std::size_t at = line->find("total=");
    std::istringstream number(at == std::string::npos ? std::string{} : line->substr(at + 6));
    if (double total = 0.0; number >> total) counters.pressed_us = total;
  }
  return counters;
}

std::uint64_t available_memory_bytes(const std::string& proc, const std::string& cgroup) {
  constexpr std::uint64_t kib = 1024;
  std::uint64_t available = 0;
  if (const auto line = line_of(proc + "/meminfo", "MemAvailable:")) {
    std::istringstream number(*line);
    if (std::uint64_t kilobytes = 0; number >> kilobytes) available = kilobytes * kib;
  }
  std::ifstream most(cgroup + "/memory.max");
  std::ifstream now(cgroup + "/memory.current");
  std::uint64_t limit = 0;  // the file says "max" where there is none
  std::uint64_t used = 0;
  if (most >> limit && now >> used) available = std::min(available, limit > used ? limit - used : 0);
  return available;
}

}  // namespace modelgate
