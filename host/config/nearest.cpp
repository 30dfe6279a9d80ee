#include "host/config/nearest.hpp"

#include <algorithm>
#include <vector>

#include "host/config/parameter.hpp"

namespace tripartite::config {

int edit_distance(std::string_view a, std::string_view b) {
  const std::size_t columns = b.size() + 1;
  std::vector<int> table((a.size() + 1) * columns);
  const auto at = [&](std::size_t i, std::size_t j) -> int& { return table[i * columns + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return at(a.size(), b.size());
}

std::string nearest(std::string_view given, std::span<const std::string> known) {
  // The right name in the wrong section is a nearer miss than most misspellings.
  const auto distance = [&](std::string_view word) {
    const int whole = edit_distance(given, word);
    return std::min(whole, edit_distance(name_of(given), name_of(word)) + (given == name_of(word) ? 0 : 1));
  };
  std::string best;
  int shortest = std::max(2, static_cast<int>(name_of(given).size()) / 3) + 1;
  for (const std::string& word : known) {
    if (const int there = distance(word); there < shortest) {
      shortest = there;
      best = word;
    }
  }
  return best;
}

}  // namespace tripartite::config
