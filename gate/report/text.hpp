// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modelgate {

/// The longest text any sink gets, in bytes: GitHub's checks API and EnricoMi's action cut at 64,000.
inline constexpr std::size_t text_cap = 60'000;

/// The longest one-line text (attributes, table cells), in bytes.
inline constexpr std::size_t line_cap = 4'000;

/// The one sanitizer in front of every sink: valid UTF-8 of XML 1.0 characters, without escape sequences, control and
/// bidirectional-override characters (tab and line feed stay), at most cap bytes; what was cut is said. Bad bytes
/// become U+FFFD.
std::string clean_text(std::string_view text, std::size_t cap = text_cap);

/// clean_text on one line: every run of white space is one space, none at the ends.
std::string clean_line(std::string_view text, std::size_t cap = line_cap);

/// clean_text, then every line made harmless for CI logs: "::", "##[" and "##vso[" no longer read as commands.
std::string log_safe(std::string_view text);

/// Breaks CI commands in text that is already clean or coloured by ourselves; lengths change by a space each.
std::string defuse_commands(std::string_view text);

/// One line of Markdown that renders as these very characters, also in a table cell.
std::string markdown_line(std::string_view text, std::size_t cap = line_cap);

/// A Markdown code span that is safe in a table cell.
std::string markdown_code(std::string_view text, std::size_t cap = line_cap);

/// A JUnit name or classname: id_text of the text, so that no reader changes it; an overlong one is cut and ends with
/// four hex digits of its hash, so that it stays unique and stable. Never empty.
std::string junit_name(std::string_view text);

/// FNV-1a of the bytes: the same for ever, for names that must stay stable; no protection against forgery.
std::uint64_t stable_hash(std::string_view text);

/// Columns a terminal needs for one line of clean text.
std::size_t display_width(std::string_view text);

/// text padded with spaces to width columns; longer text comes back whole.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// Breaks text at spaces into lines of at most width columns; a longer word is broken, nothing is lost.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// The first width columns of text, the last of them "…" where something was cut.
std::string shorten(std::string_view text, std::size_t width);

}  // namespace modelgate
