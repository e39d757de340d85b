// SPDX-License-Identifier: Apache-2.0
#include "gate/app/benchmark_host.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace modelgate {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view cpus_folder = "/sys/devices/system/cpu";
constexpr int most_caches = 16;  // of one CPU

std::string word_in(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

/// The number that a text begins with; 0 where there is none.
template <class Number>
Number number_in(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// "32K" → 32768.
std::int64_t bytes_of(const std::string& size) {
  char* end = nullptr;
  const std::int64_t number = std::strtoll(size.c_str(), &end, 10);
  switch (*end) {
    case 'K': return number << 10;
    case 'M': return number << 20;
    default: return number;
  }
}

/// CPUs in a list like "0-3,8".
int count_in(const std::string& list) {
  int count = 0;
  const char* at = list.c_str();
  while (*at >= '0' && *at <= '9') {
    char* end = nullptr;
    const auto first = std::strtol(at, &end, 10);
    const auto last = *end == '-' ? std::strtol(end + 1, &end, 10) : first;
    count += static_cast<int>(last - first + 1);
    at = *end == ',' ? end + 1 : end;
  }
  return count;
}

/// Of the first CPU; the others are taken to be like it, as Google Benchmark does.
std::vector<HostCache> caches() {
  std::vector<HostCache> found;
  found.reserve(most_caches);
  for (int index = 0; index < most_caches; ++index) {
    const fs::path folder = fmt::format("{}/cpu0/cache/index{}", cpus_folder, index);
    const std::string type = word_in(folder / "type");
    if (type.empty()) break;
    found.push_back({type, number_in<int>(word_in(folder / "level")), bytes_of(word_in(folder / "size")),
                     count_in(word_in(folder / "shared_cpu_list"))});
  }
  return found;
}

double clock_mhz() {
  const fs::path fastest = fs::path(cpus_folder) / "cpu0/cpufreq/cpuinfo_max_freq";
  if (const double khz = number_in<double>(word_in(fastest)); khz > 0.0) return khz / 1000.0;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("cpu MHz")) return number_in<double>(std::string_view(line).substr(line.find(':') + 1));
  return 0.0;
}

bool clock_follows_load(int cpus) {
  for (int cpu = 0; cpu < cpus; ++cpu) {
    const std::string governor = word_in(fmt::format("{}/cpu{}/cpufreq/scaling_governor", cpus_folder, cpu));
    if (!governor.empty() && governor != "performance") return true;
  }
  return false;
}

}  // namespace

BenchmarkHost benchmark_host() {
  BenchmarkHost host;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) host.name = name.data();
  host.cpus = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  host.mhz = clock_mhz();
  host.cpu_scaling = clock_follows_load(host.cpus);
  host.caches = caches();
  std::array<double, 3> load{};
  if (const int known = ::getloadavg(load.data(), static_cast<int>(load.size())); known > 0)
    host.load_average.assign(load.begin(), load.begin() + known);
#ifndef NDEBUG
  host.debug_build = true;
#endif
  return host;
}

}  // namespace modelgate
