// SPDX-License-Identifier: Apache-2.0
#include "gate/app/init_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <system_error>

#include "gate/app/init_draft.hpp"
#include "gate/app/specs.hpp"
#include "gate/config/gate_file.hpp"
#include "gate/report/write.hpp"

namespace modelgate {

namespace fs = std::filesystem;

InitFile::InitFile(const std::string& path, bool force)
    : written_(path), path_(path), trial_(fmt::format("{}.{}.init", path, ::getpid())), force_(force) {}

InitFile::~InitFile() {
  std::error_code ignored;
  fs::remove(trial_, ignored);
}

Result<void> InitFile::check_place() const {
  std::error_code failed;
  const fs::file_status there = fs::symlink_status(path_, failed);
  if (!fs::exists(there) || (force_ && fs::is_regular_file(there))) return {};
  if (force_)
    return usage_error(fmt::format("modelgate init: {} is no plain file, so --force does not replace it.", written_));
  return usage_error(
      fmt::format("modelgate init: {} is there already and stays as it is. Write another file by -o FILE, or replace "
                  "it by --force.",
                  written_));
}

Result<std::string> InitFile::publish() const {
  std::error_code failed;
  std::string new_schema;
  const fs::path schema = path_.parent_path() / schema_name;
  if (!fs::exists(fs::symlink_status(schema, failed))) {
    const auto written = write_atomically(schema.string(), gate_file_schema(registered_specs()));
    if (!written) return std::unexpected(written.error());
    new_schema = schema_name;
  }
  if (force_) {
    fs::rename(trial_, path_, failed);
  } else {  // unlike a rename, a link never replaces a file that came in the meantime
    fs::create_hard_link(trial_, path_, failed);
  }
  if (failed) return report_error(fmt::format("modelgate init: {} cannot be written: {}.", written_, failed.message()));
  return new_schema;
}

}  // namespace modelgate
