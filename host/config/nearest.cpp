#include "host/config/nearest.hpp"

#include <algorithm>

#include "host/config/parameter.hpp"
#include "host/io/nearest_name.hpp"

namespace tripartite::config {

std::string nearest(std::string_view given, std::span<const std::string> known) {
  // The right name in the wrong section is a nearer miss than most misspellings.
  const auto distance = [&](std::string_view word) {
    const std::size_t whole = io::edit_distance(given, word);
    const std::size_t names = io::edit_distance(name_of(given), name_of(word));
    return std::min(whole, names + (names == 0 ? 0 : 1));
  };
  std::string best;
  std::size_t shortest = std::max<std::size_t>(2, name_of(given).size() / 3) + 1;
  for (const std::string& word : known) {
    if (const std::size_t there = distance(word); there < shortest) {
      shortest = there;
      best = word;
    }
  }
  return best;
}

}  // namespace tripartite::config
