#include "host/config/quantity.hpp"

#include <cctype>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace tripartite::config {
namespace {

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  text.remove_prefix(std::size_t(end - text.data()));
  skip_spaces(text);
  return number;
}

/// The letters at the front, in lower case.
std::string take_letters(std::string_view& text) {
  std::string letters;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0) {
    letters += char(std::tolower(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
  }
  skip_spaces(text);
  return letters;
}

std::optional<double> seconds_in(const std::string& unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return std::nullopt;
}

std::optional<double> positive(double value) { return value > 0 ? std::optional(value) : std::nullopt; }

}  // namespace

std::optional<double> read_duration(std::string_view text) {
  double seconds = 0;
  skip_spaces(text);
  do {
    const auto number = take_number(text);
    const std::string letters = take_letters(text);
    const auto unit = seconds_in(letters);
    // Only the last number may go without a unit.
    if (!number || !unit || (letters.empty() && !text.empty())) return std::nullopt;
    seconds += *number * *unit;
  } while (!text.empty());
  return positive(seconds);
}

std::optional<double> read_size(std::string_view text) {
  skip_spaces(text);
  const auto number = take_number(text);
  const std::string letters = take_letters(text);
  std::string_view unit = letters;
  if (!number || !text.empty()) return std::nullopt;
  for (const char* end : {"ib", "b"})
    if (unit.ends_with(end)) {
      unit.remove_suffix(std::string_view(end).size());
      break;
    }
  if (unit.empty()) return positive(*number);
  const std::size_t power = std::string_view("kmgt").find(unit);
  if (unit.size() != 1 || power == std::string_view::npos) return std::nullopt;
  return positive(*number * std::pow(1024.0, double(power + 1)));
}

}  // namespace tripartite::config
