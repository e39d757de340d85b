// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/zip_archive.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

#include "gate/core/utf8.hpp"
#include "gate/wire/fd.hpp"

namespace modelgate {
namespace {

constexpr std::size_t longest_name = 512;

struct CloseEntry {
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

std::unexpected<Error> refused(std::string why) {
  return model_error(Reason::model_unloadable, "the package " + std::move(why));
}

std::string quoted(std::string_view name) {
  constexpr std::size_t most = 80;
  return "\"" + std::string(name.substr(0, most)) + (name.size() > most ? "…\"" : "\"");
}

std::string cause(zip_error_t* error) {
  std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  return text;
}

bool printable_utf8(std::string_view name) {
  while (!name.empty()) {
    if (utf8::is_malformed(name)) return false;
    const utf8::Character character = utf8::decode(name);
    if (character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0)) return false;
    name.remove_prefix(character.bytes);
  }
  return true;
}

/// What a name may not be; empty for one that could be unpacked anywhere without leaving its folder.
std::string wrong_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name) return "has a name that is empty or longer than 512 bytes";
  if (!printable_utf8(name)) return "has a name that is not printable UTF-8";
  if (name.find('\\') != std::string_view::npos) return "has a backslash in its name";
  if (name.front() == '/') return "has an absolute name";
  if (name.back() == '/') name.remove_suffix(1);  // a folder
  while (true) {
    const std::string_view part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == "..") return "has a part in its name that is empty, \".\" or \"..\"";
    if (part.size() == name.size()) return {};
    name.remove_prefix(part.size() + 1);
  }
}

/// Only plain files and folders may be in the archive, whichever system's attributes it claims to have.
std::string wrong_kind(zip_t* archive, zip_uint64_t index, const zip_stat_t& stat) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return "has no attributes";
  const zip_uint32_t type = (attributes >> 16U) & S_IFMT;
  if (type != 0 && type != S_IFREG && type != S_IFDIR) return "is a link or a device";
  if (stat.encryption_method != ZIP_EM_NONE) return "is encrypted";
  if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) return "is packed by an unusual method";
  return {};
}

bool is_whole(const zip_stat_t& stat) {
  constexpr zip_uint64_t wanted =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  return (stat.valid & wanted) == wanted;
}

/// What members may still claim.
struct Room {
  std::uint64_t unpacked = 0;
  std::uint64_t packed = 0;  ///< members that lie over each other would claim more than the file has
};

std::string wrong_size(const zip_stat_t& stat, const ZipLimits& limits, Room& room) {
  if (stat.size > room.unpacked)
    return "makes it more than " + std::to_string(limits.total_bytes >> 20U) + " MiB unpacked";
  if (stat.comp_size > room.packed) return "claims more bytes than the file has";
  if (stat.size > limits.any_ratio_below && stat.size / limits.ratio > stat.comp_size)
    return "would unpack to more than " + std::to_string(limits.ratio) + " times its size";
  room.unpacked -= stat.size;
  room.packed -= stat.comp_size;
  return {};
}

/// Reads on until size bytes or the member's end; −1 for damage (libzip holds the end to the checksum).
std::int64_t read_some(zip_file_t* entry, char* bytes, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const zip_int64_t more = zip_fread(entry, bytes + got, size - got);
    if (more < 0) return -1;
    if (more == 0) break;
    got += static_cast<std::size_t>(more);
  }
  return static_cast<std::int64_t>(got);
}

std::unexpected<Error> damaged(const ZipArchive::Member& member) {
  return refused("is damaged: its member " + quoted(member.name) +
                 " does not have the bytes or the checksum that the archive claims; copy the file anew.");
}

Result<Entry> open_member(zip_t* archive, const ZipArchive::Member& member) {
  Entry entry(zip_fopen_index(archive, member.index, 0));
  if (!entry) return damaged(member);
  return entry;
}

}  // namespace

void ZipArchive::Close::operator()(zip* archive) const { zip_discard(archive); }

Result<ZipArchive> ZipArchive::open(int fd, const ZipLimits& limits) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return refused(std::string("cannot be examined: ") + std::strerror(errno) + ".");
  const int own = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  int code = ZIP_ER_OPEN;
  ZipArchive archive;
  if (own >= 0) archive.archive_.reset(zip_fdopen(own, ZIP_CHECKCONS, &code));  // closes own, but only if it succeeds
  if (!archive.archive_) {
    if (own >= 0) ::close(own);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    return refused("cannot be read as a zip archive (" + cause(&error) + "); copy the file anew.");
  }
  Result<void> sound = archive.survey(static_cast<std::uint64_t>(info.st_size), limits);
  if (!sound) return std::unexpected(sound.error());
  return archive;
}

Result<void> ZipArchive::survey(std::uint64_t file_bytes, const ZipLimits& limits) {
  const auto count = static_cast<zip_uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(archive_.get(), 0), 0));
  if (count > limits.members)
    return refused("holds " + std::to_string(count) + " files; at most " + std::to_string(limits.members) +
                   " are taken.");
  std::unordered_set<std::string> seen;
  Room room{limits.total_bytes, file_bytes};
  members_.reserve(count);
  for (zip_uint64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(archive_.get(), i, ZIP_FL_ENC_RAW);
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (raw == nullptr || zip_stat_index(archive_.get(), i, ZIP_FL_ENC_RAW, &stat) != 0 || !is_whole(stat))
      return refused("has an unreadable directory; copy the file anew.");
    const std::string name(raw);
    std::string wrong = wrong_name(name);
    if (wrong.empty() && !seen.insert(name).second) wrong = "has the name of another one";
    if (wrong.empty()) wrong = wrong_kind(archive_.get(), i, stat);
    if (wrong.empty()) wrong = wrong_size(stat, limits, room);
    if (!wrong.empty()) return refused("is refused: its member " + quoted(name) + " " + wrong + ".");
    if (!name.ends_with('/')) members_.push_back({name, stat.size, i});
  }
  return {};
}

const ZipArchive::Member* ZipArchive::find(std::string_view name) const {
  const auto found = std::ranges::find(members_, name, &Member::name);
  return found == members_.end() ? nullptr : &*found;
}

Result<std::string> ZipArchive::head(const Member& member, std::size_t most) const {
  Result<Entry> entry = open_member(archive_.get(), member);
  if (!entry) return std::unexpected(entry.error());
  std::string bytes(std::min<std::uint64_t>(member.bytes, most), '\0');
  const std::int64_t got = read_some(entry->get(), bytes.data(), bytes.size());
  if (got != static_cast<std::int64_t>(bytes.size())) return damaged(member);
  return bytes;
}

Result<std::string> ZipArchive::text(const Member& member, std::size_t most) const {
  if (member.bytes > most)
    return refused("has a member that is longer than " + std::to_string(most) + " bytes: " + quoted(member.name) + ".");
  Result<Entry> entry = open_member(archive_.get(), member);
  if (!entry) return std::unexpected(entry.error());
  std::string bytes(member.bytes + 1, '\0');  // one more: the end must be where the directory says
  const std::int64_t got = read_some(entry->get(), bytes.data(), bytes.size());
  if (got != static_cast<std::int64_t>(member.bytes)) return damaged(member);
  bytes.pop_back();
  return bytes;
}

Result<void> ZipArchive::extract(const Member& member, const std::string& folder, const std::string& file) const {
  const std::string path = folder + "/" + file;
  const auto unwritten = [&] {
    return refused("could not be unpacked to " + path + ": " + std::strerror(errno) +
                   "; the folder for temporary files (TMPDIR) needs room for the model.");
  };
  Result<Entry> entry = open_member(archive_.get(), member);
  if (!entry) return std::unexpected(entry.error());
  const UniqueFd out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out) return unwritten();
  std::string chunk(std::size_t{1} << 20, '\0');
  std::uint64_t written = 0;
  while (true) {
    const std::int64_t got = read_some(entry->get(), chunk.data(), chunk.size());
    if (got < 0 || static_cast<std::uint64_t>(got) > member.bytes - written) return damaged(member);
    if (got == 0) break;
    if (!write_all(out.get(), std::string_view(chunk).substr(0, static_cast<std::size_t>(got)))) return unwritten();
    written += static_cast<std::uint64_t>(got);
  }
  if (written != member.bytes) return damaged(member);
  return {};
}

}  // namespace modelgate
