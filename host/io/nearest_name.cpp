#include "host/io/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace tripartite::io {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Distances of the first j characters of b from the first i + 1, i and i - 1 ones of a.
  std::vector<std::size_t> row(b.size() + 1), above, second_above;
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    second_above = std::exchange(above, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({above[j] + (a[i] == b[j] ? 0 : 1), row[j] + 1, above[j + 1] + 1});
      const bool is_swap = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swap) row[j + 1] = std::min(row[j + 1], second_above[j - 1] + 1);
    }
  }
  return row.back();
}

std::string nearest_name(std::string_view wanted, std::span<const std::string> names) {
  std::string nearest;
  std::size_t best = wanted.size() / 2 + 1;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(wanted, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace tripartite::io
