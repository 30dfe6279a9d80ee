#include "host/report/colour_map.hpp"

#include <fmt/format.h>

#include <iterator>

namespace tripartite::report {
namespace {

// gnuplot interpolates linearly between these; 16 intervals keep within 1 % of viridis.
constexpr const char* viridis[] = {"#440154", "#481a6c", "#472f7d", "#414487", "#39568c", "#31688e",
                                   "#2a788e", "#23888e", "#1f988b", "#22a884", "#35b779", "#54c568",
                                   "#7ad151", "#a5db36", "#d2e21b", "#fde725"};

/// Entries of a palette that spread viridis from `low` to 1.
std::string viridis_from(double low) {
  std::string entries;
  for (std::size_t i = 0; i < std::size(viridis); ++i)
    entries += fmt::format("{}{:.5f} '{}'", i == 0 ? "" : ", ",
                           low + (1 - low) * double(i) / double(std::size(viridis) - 1), viridis[i]);
  return entries;
}

}  // namespace

std::string_view sequential_colours() {
  static const std::string command = fmt::format("set palette defined ({})", viridis_from(0));
  return command;
}

std::string sequential_colours_above(std::string_view colour, double share) {
  return fmt::format("set palette defined (0 '{0}', {1} '{0}', {2})", colour, share, viridis_from(share));
}

std::string_view diverging_colours() {
  return "set palette defined (0 '#3b4cc0', 1 '#5977e3', 2 '#7b9ff9', 3 '#9ebeff', 4 '#c0d4f5', 5 '#dddcdc', "
         "6 '#f2cbb7', 7 '#f7ac8e', 8 '#ee8468', 9 '#d65244', 10 '#b40426')";
}

}  // namespace tripartite::report
