#include "host/report/html.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <cmath>
#include <cstdint>

namespace tripartite::report {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view ellipsis = "\xE2\x80\xA6";     // U+2026

/// The length in bytes of the first UTF-8 character of `text` and its code point, -1 if it is not valid.
struct Character {
  std::string_view bytes;
  std::int32_t code;
};
Character first_character(std::string_view text) {
  utf8proc_int32_t code = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &code);
  if (size <= 0) return {text.substr(0, 1), -1};
  return {text.substr(0, static_cast<std::size_t>(size)), code};
}

bool is_allowed(std::int32_t code) {  // XML 1.0, production [2], without the control characters C1
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0x7F) ||
         (code >= 0xA0 && code != 0xFFFE && code != 0xFFFF);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    text.remove_prefix(character.bytes.size());
    switch (character.code) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += is_allowed(character.code) ? character.bytes : replacement;
    }
  }
  return escaped;
}

std::string with_whole_numbers(std::string_view html) {
  const auto is_digit = [&](std::size_t at) { return at < html.size() && html[at] >= '0' && html[at] <= '9'; };
  std::string whole;
  std::size_t copied = 0;
  for (auto sign = html.find("e-"); sign != std::string_view::npos; sign = html.find("e-", sign + 2)) {
    if (sign == 0 || !is_digit(sign - 1) || !is_digit(sign + 2)) continue;
    std::size_t begin = sign, end = sign + 2;
    while (begin > copied && (is_digit(begin - 1) || html[begin - 1] == '.')) --begin;
    while (is_digit(end)) ++end;
    whole.append(html.substr(copied, begin - copied));
    whole.append("<span class=\"whole\">").append(html.substr(begin, end - begin)).append("</span>");
    copied = end;
  }
  return whole.append(html.substr(copied));
}

std::string shorten(std::string_view text, std::size_t characters) {
  std::string kept;
  for (std::size_t i = 0; !text.empty(); ++i) {
    const Character character = first_character(text);
    if (i + 1 == characters && text.size() > character.bytes.size()) return kept.append(ellipsis);
    kept += character.bytes;
    text.remove_prefix(character.bytes.size());
  }
  return kept;
}

std::string token_name(std::string_view token) {
  if (const auto name = trim(token); !name.empty()) return std::string(name);
  if (token.empty()) return "(empty)";
  return token.find('\n') != std::string_view::npos ? "\xE2\x8F\x8E" : "\xE2\x90\xA3";  // U+23CE, U+2423
}

std::string number(double value) {
  if (!std::isfinite(value)) return "\xE2\x80\x93";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1000 && size < 1e7) return fmt::format("{:.0f}", value);
  if (size >= 0.01 && size < 1000) return fmt::format("{:.3g}", value);
  const std::string digits = fmt::format("{:.1e}", value);  // "6.1e-05"
  const auto exponent = digits.find('e');
  return fmt::format("{}e{}", digits.substr(0, exponent), std::stoi(digits.substr(exponent + 1)));
}

std::string percent(double fraction) {
  if (!std::isfinite(fraction)) return number(fraction);
  const std::string digits = fmt::format("{:.4g}", 100 * fraction);
  if (fraction < 1 && digits == "100") return "> 99.99\xC2\xA0%";
  return digits + "\xC2\xA0%";
}

std::string count(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string to_html(const Table& table) {
  std::string html =
      table.ends_with_words ? "<div class=\"scroll\"><table class=\"words\">\n" : "<div class=\"scroll\"><table>\n";
  if (!table.head.empty()) {
    html += "<thead><tr>";
    for (const auto& cell : table.head) html += "<th scope=\"col\">" + cell + "</th>";
    html += "</tr></thead>\n";
  }
  html += "<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      html += i == 0 ? "<th scope=\"row\">" + row[i] + "</th>" : "<td>" + row[i] + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace tripartite::report
