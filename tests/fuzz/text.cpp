// SPDX-License-Identifier: Apache-2.0
// Any bytes that a model printed or a file is called: every sink gets valid UTF-8 of XML 1.0's characters and of
// bounded length, one line where it is to be one, and nothing that a CI system takes for a command.
#include "gate/report/text.hpp"

#include <algorithm>
#include <array>

#include "gate/core/check_id.hpp"
#include "gate/core/utf8.hpp"
#include "gate/model/failure_text.hpp"
#include "gate/sandbox/tail.hpp"
#include "tests/fuzz/target.hpp"

namespace modelgate {
namespace {

using fuzz::require;

/// What XML 1.0 lets into a document (its production Char), less what moves a terminal's cursor.
bool is_harmless(char32_t code, std::string_view controls) {
  if (code < 0x20) return controls.contains(static_cast<char>(code));
  return (code < 0x7F || code > 0x9F) && (code < 0xD800 || code > 0xDFFF) && code != 0xFFFE && code != 0xFFFF;
}

bool is_clean(std::string_view text, std::string_view controls) {
  while (!text.empty()) {
    if (utf8::is_malformed(text)) return false;
    const utf8::Character next = utf8::decode(text);
    if (!is_harmless(next.code, controls)) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

/// White space as .NET trims it (Char.IsWhiteSpace), in which the runners of GitHub and Azure are written.
bool is_trimmed(char32_t code) {
  constexpr std::array others{0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  return (code >= 0x09 && code <= 0x0D) || code == ' ' || (code >= 0x2000 && code <= 0x200A) ||
         std::ranges::find(others, static_cast<int>(code)) != others.end();
}

bool is_command(std::string_view line) {
  if (line.contains("##[") || line.contains("##vso[") || line.contains("##teamcity[")) return true;
  while (!line.empty() && is_trimmed(utf8::decode(line).code)) line.remove_prefix(utf8::decode(line).bytes);
  return line.starts_with("::");
}

bool has_command(std::string_view text) {
  while (true) {
    const std::size_t end = text.find('\n');
    if (is_command(text.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

void clean(std::string_view text) {
  const std::string cleaned = clean_text(text);
  require(is_clean(cleaned, "\t\n") && cleaned.size() <= text_cap && clean_text(cleaned) == cleaned);
  require(is_clean(clean_text(text, 64), "\t\n") && clean_text(text, 64).size() <= 64);
  const std::string line = clean_line(text);
  require(is_clean(line, "") && line.size() <= line_cap && clean_line(line) == line);
  const std::string safe = log_safe(text);
  require(is_clean(safe, "\t\n") && !has_command(safe) && defuse_commands(safe) == safe);
}

void lay_out(std::string_view text) {
  const std::string line = clean_line(text);
  std::string words;
  for (const std::string& part : wrap(line, 40)) {
    require(is_clean(part, "") && display_width(part) <= 40);
    words += part;
  }
  std::string wanted = line;
  for (std::string* all : {&words, &wanted}) std::erase(*all, ' ');
  require(words == wanted);
  require(is_clean(shorten(line, 20), "") && display_width(shorten(line, 20)) <= 20);
}

void markup(std::string_view text) {
  const std::string line = markdown_line(text);
  require(is_clean(line, "") && !line.contains('<') && is_clean(markdown_code(text), ""));
  const std::string name = junit_name(text);
  require(!name.empty() && is_id_text(name) && name.size() <= 405);
  require(is_id_text(id_text(text)) && id_text(id_text(text)) == id_text(text));
}

/// What the gate makes of a worker's own words.
void words_of_a_worker(std::string_view text) {
  const std::string tail = printable_tail(text, 200, 5);
  require(is_clean(tail, "\t\n") && !has_command(tail) && std::ranges::count(tail, '\n') <= 5 && tail.size() <= 300);
  require(is_clean(cause_first(text), "\t\n") && !has_command(cause_first(text)));
  require(is_clean(loader_complaint(text), "\t\n") && !has_command(loader_complaint(text)));
  tells_of_memory(text);
  tells_of_denial(text);
}

}  // namespace
}  // namespace modelgate

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = modelgate::fuzz::text_of(data, size);
  modelgate::clean(text);
  modelgate::lay_out(text);
  modelgate::markup(text);
  modelgate::words_of_a_worker(text);
  return 0;
}
