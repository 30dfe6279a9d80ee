#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite::config {

/// How a selection is written, for help texts.
inline constexpr std::string_view forms_of_selection =
    "\"all\", \"first 10\", \"every 10\", \"spread 5\" (evenly, with both ends), \"7\", \"100:200\" (without 200), "
    "\"100:200:5\", or several of these with commas between them";

/// Elements chosen from a population.
struct Selection {
  std::vector<std::uint64_t> elements;  // rising, each once
  std::string error;                    // what is wrong with the text; empty: nothing
};

/// The elements of a population of `count` that `text` chooses.
Selection select_elements(std::string_view text, std::uint64_t count);
/// What is wrong with a selection from a population of `count`, or of unknown size; empty: nothing. Lists no elements,
/// so that a network too large for memory can be checked.
std::string selection_error(std::string_view text, std::uint64_t count);
std::string selection_error(std::string_view text);

}  // namespace tripartite::config
