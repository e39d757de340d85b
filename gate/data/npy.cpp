// SPDX-License-Identifier: Apache-2.0
#include "gate/data/npy.hpp"

#include <arrow/api.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <exception>
#include <optional>
#include <regex>
#include <xtensor/xnpy.hpp>

#include "gate/core/utf8.hpp"

namespace modelgate {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = 4096;  // an array's takes a few hundred; the pattern recurses once a character

/// The header's dictionary as text. xtensor's own reader takes the length's bytes as signed, so that headers of 128
/// bytes and more go wrong; its parser of the dictionary is sound for well-formed text.
Result<std::string> header_text(const ReadBytes& read, const std::string& name) {
  const auto damaged = [&] { return data_error(fmt::format("{} is not a .npy array, or it is cut off.", name)); };
  std::array<char, 8> start{};
  if (!read(start.data(), start.size()) || std::string_view(start.data(), magic.size()) != magic) return damaged();
  const auto major = static_cast<unsigned char>(start[6]);
  std::array<unsigned char, 4> length{};
  if (major < 1 || major > 3 || !read(reinterpret_cast<char*>(length.data()), major == 1 ? 2 : 4)) return damaged();
  const std::size_t size = length[0] | (std::size_t{length[1]} << 8U) | (std::size_t{length[2]} << 16U);
  if (length[3] != 0 || size == 0) return damaged();
  if (size > longest_header) {
    return data_error(
        fmt::format("{} has a header of {} bytes, more than any plain array; save it with numpy.save.", name, size));
  }
  std::string text(size, ' ');
  static const std::regex well_formed(
      R"(\{ *'descr': *'[<>=|]?[A-Za-z]\d*', *'fortran_order': *(True|False), *'shape': *\([0-9, ]*\),? *\} *\n)");
  if (!read(text.data(), size)) return damaged();
  if (!std::regex_match(text, well_formed)) {
    return data_error(fmt::format(
        "{} holds no plain array (records and Python objects are refused); save it with numpy.save as numbers "
        "or fixed-width text.",
        name));
  }
  return text;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (utf8::is_malformed(text)) return false;
    text.remove_prefix(utf8::decode(text).bytes);
  }
  return true;
}

/// The item as UTF-8, without the NULs that fill it up; nothing where it is no Unicode.
std::optional<std::string> decoded_text(const NpyHeader& header, std::string_view item) {
  constexpr std::uint32_t last_point = 0x10FFFF;
  std::string text;
  if (header.kind == 'S') {
    text = item;
  } else {
    for (std::size_t at = 0; at + 4 <= item.size(); at += 4) {
      std::uint32_t point = 0;
      std::memcpy(&point, item.data() + at, 4);
      if (point > last_point) return std::nullopt;
      utf8::append(text, point);
    }
  }
  const auto end = text.find_last_not_of('\0');
  text.resize(end == std::string::npos ? 0 : end + 1);
  if (!is_utf8(text)) return std::nullopt;  // bytes of another encoding; half a surrogate pair
  return text;
}

arrow::Result<std::shared_ptr<arrow::Array>> text_items(const NpyHeader& header, std::string_view bytes,
                                                        std::size_t count) {
  arrow::StringBuilder builder;
  for (std::size_t i = 0; i < count; ++i) {
    const auto text = decoded_text(header, bytes.substr(i * header.item_bytes, header.item_bytes));
    if (!text) return arrow::Status::Invalid("a text is no Unicode");
    ARROW_RETURN_NOT_OK(builder.Append(*text));
  }
  return builder.Finish();
}

arrow::Result<std::shared_ptr<arrow::Array>> boolean_items(std::string_view bytes) {
  arrow::BooleanBuilder builder;
  ARROW_RETURN_NOT_OK(builder.AppendValues(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                           static_cast<std::int64_t>(bytes.size())));
  return builder.Finish();
}

}  // namespace

Result<NpyHeader> read_npy_header(const ReadBytes& read, const std::string& name, std::uint64_t most_bytes) {
  auto text = header_text(read, name);
  if (!text) return std::unexpected(text.error());
  NpyHeader header;
  // xtensor knows no text items: the same width as unsigned items passes its parser.
  static const std::regex text_item("'[<|=]?([US])(\\d+)'");
  std::smatch found;
  const bool is_text = std::regex_search(*text, found, text_item);
  const std::string kind = is_text ? found[1].str() : "";
  if (is_text) *text = found.prefix().str() + "'<u" + found[2].str() + "'" + found.suffix().str();
  std::string item;
  bool fortran = false;
  try {
    xt::detail::parse_header(*text, item, &fortran, header.shape);
    header.item_bytes = std::stoull(item.substr(2)) * (kind == "U" ? 4 : 1);
  } catch (const std::exception&) {
    return data_error(
        fmt::format("{} holds items that are not numbers or text of fixed width; save it as such.", name));
  }
  header.kind = is_text ? kind[0] : item[1];
  if (item[0] == '>') return data_error(fmt::format("{} is big-endian; save it in little-endian order.", name));
  if (header.kind == 'c') return data_error(fmt::format("{} holds complex numbers, which no model input takes.", name));
  if (fortran && header.shape.size() > 1) {
    return data_error(fmt::format("{} is in Fortran order; save it with numpy.ascontiguousarray.", name));
  }
  std::size_t bytes = header.item_bytes;
  header.items = 1;
  bool overflow = false;
  for (const auto axis : header.shape) {
    overflow = overflow || __builtin_mul_overflow(header.items, axis, &header.items);
  }
  overflow = overflow || __builtin_mul_overflow(bytes, header.items, &bytes);
  if (overflow || bytes > most_bytes) return data_error(fmt::format("{} is cut off: its header promises more.", name));
  if (header.items == 0 && !header.shape.empty() && header.shape[0] != 0)  // any number of them would fit into no bytes
    return data_error(fmt::format("{} has rows without a value; leave the array out.", name));
  if (header.item_bytes == 0 || !arrow_type(header))
    return data_error(fmt::format("{} holds items of an unsupported width.", name));
  return header;
}

std::shared_ptr<arrow::DataType> arrow_type(const NpyHeader& header) {
  const auto width = header.item_bytes;
  switch (header.kind) {
    case 'f':
      return width == 2 ? arrow::float16() : width == 4 ? arrow::float32() : width == 8 ? arrow::float64() : nullptr;
    case 'i':
      return width == 1   ? arrow::int8()
             : width == 2 ? arrow::int16()
             : width == 4 ? arrow::int32()
             : width == 8 ? arrow::int64()
                          : nullptr;
    case 'u':
      return width == 1   ? arrow::uint8()
             : width == 2 ? arrow::uint16()
             : width == 4 ? arrow::uint32()
             : width == 8 ? arrow::uint64()
                          : nullptr;
    case 'b': return width == 1 ? arrow::boolean() : nullptr;
    default: return arrow::utf8();
  }
}

Result<std::shared_ptr<arrow::Array>> arrow_items(const NpyHeader& header, std::string bytes) {
  const auto type = arrow_type(header);
  const bool text = header.kind == 'U' || header.kind == 'S';
  const auto count = header.item_bytes == 0 ? 0 : bytes.size() / header.item_bytes;
  if (text || header.kind == 'b') {
    auto items = text ? text_items(header, bytes, count) : boolean_items(bytes);
    if (items.status().IsInvalid())
      return data_error("holds a text that is not Unicode; save it as such (numpy's str, or bytes in UTF-8).");
    if (!items.ok()) return internal_error("has no room in memory.");
    return *items;
  }
  const auto buffer = arrow::Buffer::FromString(std::move(bytes));
  return arrow::MakeArray(arrow::ArrayData::Make(type, static_cast<std::int64_t>(count), {nullptr, buffer}, 0));
}

}  // namespace modelgate
