// SPDX-License-Identifier: Apache-2.0
#include "gate/worker/package.hpp"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "gate/worker/zip_archive.hpp"

namespace modelgate {
namespace {

using Member = ZipArchive::Member;

#if defined(__x86_64__)
constexpr Elf64_Half own_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half own_machine = EM_AARCH64;
#else
#error "Which machine code does this machine run? See e_machine in elf.h."
#endif

constexpr std::size_t longest_json = std::size_t{1} << 20;
constexpr std::string_view libraries_folder = "data/aotinductor/";
constexpr const char* twin_prefix = "twin-";

std::unexpected<Error> refused(const std::string& why) {
  return model_error(Reason::model_unloadable, "the package " + why);
}

constexpr const char* how_to_export =
    "export it with torch.export.export and torch._inductor.aoti_compile_and_package(program, package_path=\"….pt2\")";

/// The archive's own name and "/", which begins every member's name; empty where they differ.
std::string common_root(const ZipArchive& archive) {
  if (archive.members().empty()) return {};
  const std::string& first = archive.members().front().name;
  const std::string root = first.substr(0, first.find('/') + 1);
  const bool common = std::ranges::all_of(archive.members(), [&](const Member& m) { return m.name.starts_with(root); });
  return common ? root : std::string();
}

bool any_member(const ZipArchive& archive, std::string_view prefix, std::string_view suffix) {
  return std::ranges::any_of(archive.members(), [&](const Member& member) {
    return member.name.starts_with(prefix) && member.name.ends_with(suffix);
  });
}

/// Whether this is a .pt2 at all, and none with parts that only Python could load.
Result<void> check_format(const ZipArchive& archive, const std::string& root) {
  if (root.empty())
    return refused("has members outside its own folder, which torch never writes; export the model anew.");
  if (archive.find(root + "constants.pkl") != nullptr)
    return refused("is a TorchScript file; rename it so that it ends in .pt.");
  const Member* format = archive.find(root + "archive_format");
  if (format == nullptr)
    return refused(std::string("does not say that it is a .pt2 (archive_format); ") + how_to_export + ".");
  const Result<std::string> word = archive.text(*format, longest_json);
  if (!word) return std::unexpected(word.error());
  if (*word != "pt2") return refused(std::string("is of another format than pt2; ") + how_to_export + ".");
  if (any_member(archive, root + "data/constants/custom_obj_", ""))
    return refused(
        "holds objects of custom classes, which are not loaded: unpickling them would run their code; export the model "
        "without them.");
  return {};
}

std::unexpected<Error> no_library(const ZipArchive& archive, const std::string& root) {
  const std::string folder = root + std::string(libraries_folder);
  if (any_member(archive, folder, ".cpp"))
    return refused(
        "holds source code and no shared library; the gate compiles nothing. Export it without "
        "aot_inductor.package_cpp_only.");
  return refused(std::string("is an exported program without machine code; ") + how_to_export + ".");
}

/// The one shared library, in the one place where it may be.
Result<const Member*> the_library(const ZipArchive& archive, const std::string& root) {
  std::vector<const Member*> found;
  for (const Member& member : archive.members()) {
    if (member.name.ends_with(".so")) found.push_back(&member);
  }
  if (found.empty()) return no_library(archive, root);
  if (found.size() > 1)
    return refused("holds " + std::to_string(found.size()) +
                   " shared libraries, and the gate loads exactly one: package one model, without Triton kernels.");
  const std::string folder = root + std::string(libraries_folder);
  const std::string_view name = found.front()->name;
  const bool in_place = name.starts_with(folder) && std::ranges::count(name.substr(folder.size()), '/') == 1;
  if (!in_place) return refused("has its shared library outside data/aotinductor/MODEL/, which torch never writes.");
  return found.front();
}

/// The weights beside the library, where they are not inside; nothing where they are.
Result<const Member*> the_weights(const ZipArchive& archive, const std::string& folder) {
  if (archive.find(folder + "weights_config.json") != nullptr)
    return refused(
        "has its weights pickled beside the library, which only Python could load; export it without "
        "aot_inductor.package_constants_on_disk_format, or with \"binary_blob\".");
  const Member* weights = nullptr;
  for (const Member& member : archive.members()) {
    if (!member.name.starts_with(folder) || !member.name.ends_with("_weights.blob")) continue;
    if (weights != nullptr) return refused("has two files of weights; package one model.");
    weights = &member;
  }
  return weights;
}

/// What the exporter noted: the device the code was compiled for.
Result<void> check_device(const ZipArchive& archive, const std::string& stem) {
  const Member* metadata = archive.find(stem + "_metadata.json");
  if (metadata == nullptr) return {};
  const Result<std::string> text = archive.text(*metadata, longest_json);
  if (!text) return std::unexpected(text.error());
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return refused("has metadata that are no JSON object; export it anew.");
  const auto device = json.find("AOTI_DEVICE_KEY");
  if (device == json.end() || *device == "cpu") return {};
  return refused("is compiled for " + (device->is_string() ? device->get<std::string>() : "another device") +
                 "; packages run on the CPU alone: export the model from there, model.cpu().");
}

std::string last_name(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

std::string wrong_library(std::string_view head) {
  Elf64_Ehdr elf{};
  if (head.size() < sizeof elf || !head.starts_with(ELFMAG)) return "is no shared library of Linux (ELF)";
  std::memcpy(&elf, head.data(), sizeof elf);  // NOLINT(bugprone-suspicious-stringview-data-usage): sized
  constexpr unsigned char own_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_ident[EI_DATA] != own_order || elf.e_machine != own_machine)
    return "is built for another machine (ELF " + std::to_string(elf.e_machine) + "; this one runs " +
           std::to_string(own_machine) + "); compile the package where it is to run";
  if (elf.e_type != ET_DYN) return "is an ELF file of another type than a shared library";
  return {};
}

Result<Package> unpack_package(int fd, const std::string& parent) {
  const Result<ZipArchive> archive = ZipArchive::open(fd);
  if (!archive) return std::unexpected(archive.error());
  const std::string root = common_root(*archive);
  if (Result<void> sound = check_format(*archive, root); !sound) return std::unexpected(sound.error());
  const Result<const Member*> library = the_library(*archive, root);
  if (!library) return std::unexpected(library.error());
  const std::string& name = (*library)->name;
  const std::string stem = name.substr(0, name.size() - std::string_view(".so").size());
  const Result<const Member*> weights = the_weights(*archive, name.substr(0, name.rfind('/') + 1));
  if (!weights) return std::unexpected(weights.error());
  if (Result<void> sound = check_device(*archive, stem); !sound) return std::unexpected(sound.error());
  const Result<std::string> head = archive->head(**library, sizeof(Elf64_Ehdr));
  if (!head) return std::unexpected(head.error());
  if (const std::string wrong = wrong_library(*head); !wrong.empty())
    return refused("is refused: its library " + wrong + ".");

  Result<ScratchFolder> folder = ScratchFolder::make(parent);
  if (!folder) return std::unexpected(folder.error());
  Package package{std::move(*folder), {}, {}, {}};
  // stem.json lists operators that have no function of their own in libtorch; the library asks for it by that name.
  const Member* operators = archive->find(stem + ".json");
  const std::string place = package.folder.path() + "/";
  for (const auto& [member, prefix] : {std::pair(*library, ""), std::pair(operators, ""), std::pair(*weights, ""),
                                       std::pair(*library, twin_prefix), std::pair(operators, twin_prefix)}) {
    if (member == nullptr) continue;
    const Result<void> written = archive->extract(*member, package.folder.path(), prefix + last_name(member->name));
    if (!written) return std::unexpected(written.error());
  }
  package.library = place + last_name(name);
  package.twin = place + twin_prefix + last_name(name);
  if (*weights != nullptr) package.weights = place + last_name((*weights)->name);
  return package;
}

}  // namespace modelgate
