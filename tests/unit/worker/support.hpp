// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gate/wire/fd.hpp"

namespace modelgate::test {

/// A folder that is gone after the test.
class Folder {
 public:
  Folder() {
    std::string path = testing::TempDir() + "package_XXXXXX";
    path_ = ::mkdtemp(path.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  /// Names of all that is in it, folders within aside.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
      if (!entry.is_directory()) names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

 private:
  std::string path_;
};

struct Entry {
  std::string name;
  std::string bytes;
  bool deflated = false;
  std::uint32_t mode = S_IFREG | 0644;
};

/// Writes a zip by libzip, which asks no questions about names.
inline void write_zip(const std::string& path, const std::vector<Entry>& entries) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(archive, nullptr);
  for (const Entry& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, entry.name.c_str(), source, 0);
    ASSERT_GE(index, 0) << entry.name << ": " << zip_strerror(archive);
    const auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(archive, at, entry.deflated ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    zip_file_set_external_attributes(archive, at, 0, ZIP_OPSYS_UNIX, entry.mode << 16U);
  }
  ASSERT_EQ(zip_close(archive), 0) << zip_strerror(archive);
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline UniqueFd open_file(const std::string& path) { return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

inline std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// The head of a shared library for this machine, and something behind it.
inline std::string library(Elf64_Half type = ET_DYN, Elf64_Half machine = 0, unsigned char width = ELFCLASS64) {
  Elf64_Ehdr elf{};
  std::memcpy(elf.e_ident, ELFMAG, SELFMAG);
  elf.e_ident[EI_CLASS] = width;
  elf.e_ident[EI_DATA] = ELFDATA2LSB;
  elf.e_type = type;
  elf.e_machine = machine;
#if defined(__x86_64__)
  if (machine == 0) elf.e_machine = EM_X86_64;
#elif defined(__aarch64__)
  if (machine == 0) elf.e_machine = EM_AARCH64;
#endif
  std::string bytes(sizeof elf + 5000, 'c');
  std::memcpy(bytes.data(), &elf, sizeof elf);
  return bytes;
}

inline const std::string model_folder = "m/data/aotinductor/model/";

/// What torch 2.13 writes, in its order.
inline std::vector<Entry> sound_package() {
  return {{model_folder + "x.wrapper.cpp", "int main() {}"},
          {model_folder + "x.kernel.cpp", "// kernel"},
          {model_folder + "x.wrapper_metadata.json", R"({"AOTI_DEVICE_KEY": "cpu", "AOTI_MACHINE": "x86_64"})"},
          {model_folder + "x.wrapper.so", library()},
          {"m/archive_format", "pt2"},
          {"m/archive_version", "0"},
          {"m/.data/serialization_id", "1234"}};
}

}  // namespace modelgate::test
