#include "host/config/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/io/parse_number.hpp"

namespace tripartite::config {
namespace {

constexpr std::uint64_t most = std::uint64_t(1) << 40;  // elements of a population of unknown size

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<std::uint64_t> whole(std::string_view word) {
  if (word.empty() || word.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto number = io::parse_number<std::uint64_t>(word);
  return number && *number <= most ? number : std::nullopt;
}

/// [begin, end) by steps, or evenly spread.
struct Piece {
  std::uint64_t begin = 0, end = 0, step = 1;
  std::uint64_t spread = 0;  // so many of them; 0: by steps
};

/// One of the forms of a selection; none if it is none of them.
std::optional<Piece> piece_of(std::string_view text, std::uint64_t count) {
  if (text == "all") return Piece{0, count, 1, 0};
  if (const auto space = text.find(' '); space != std::string_view::npos) {
    const std::string_view word = text.substr(0, space);
    const auto number = whole(trimmed(text.substr(space)));
    if (!number || *number == 0) return std::nullopt;
    if (word == "first") return Piece{0, *number, 1, 0};
    if (word == "every") return Piece{0, count, *number, 0};
    if (word == "spread") return Piece{0, count, 1, *number};
    return std::nullopt;
  }
  const auto bounds = parts_of(text, ':');
  if (bounds.size() > 3) return std::nullopt;
  std::vector<std::uint64_t> numbers;
  for (const std::string_view bound : bounds) {
    const auto number = whole(bound);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() == 1) return Piece{numbers[0], numbers[0] + 1, 1, 0};
  if (numbers[0] >= numbers[1] || (numbers.size() == 3 && numbers[2] == 0)) return std::nullopt;
  return Piece{numbers[0], numbers[1], numbers.size() == 3 ? numbers[2] : 1, 0};
}

Selection select(std::string_view text, std::uint64_t count, bool lists) {
  Selection chosen;
  for (const std::string_view part : parts_of(text, ',')) {
    const auto piece = piece_of(part, count);
    if (!piece) {
      chosen.error = fmt::format("\"{}\" chooses no elements; expected {}", part, forms_of_selection);
      return chosen;
    }
    if (piece->end > count || piece->spread > count) {
      chosen.error = fmt::format("\"{}\" chooses more than there are: {}, the first of which is 0", part, count);
      return chosen;
    }
    if (!lists) continue;
    for (std::uint64_t k = 0; k < piece->spread; ++k)
      chosen.elements.push_back(
          piece->spread == 1 ? 0
                             : std::uint64_t(std::llround(double(count - 1) / double(piece->spread - 1) * double(k))));
    for (std::uint64_t i = piece->begin; piece->spread == 0 && i < piece->end; i += piece->step)
      chosen.elements.push_back(i);
  }
  std::sort(chosen.elements.begin(), chosen.elements.end());
  chosen.elements.erase(std::unique(chosen.elements.begin(), chosen.elements.end()), chosen.elements.end());
  return chosen;
}

}  // namespace

Selection select_elements(std::string_view text, std::uint64_t count) { return select(text, count, true); }

std::string selection_error(std::string_view text, std::uint64_t count) { return select(text, count, false).error; }

std::string selection_error(std::string_view text) { return select(text, most, false).error; }

}  // namespace tripartite::config
