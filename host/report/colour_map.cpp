#include "host/report/colour_map.hpp"

namespace tripartite::report {

// gnuplot interpolates linearly between these; 16 intervals keep within 1 % of viridis.
std::string_view sequential_colours() {
  return "set palette defined (0 '#440154', 1 '#481a6c', 2 '#472f7d', 3 '#414487', 4 '#39568c', 5 '#31688e', "
         "6 '#2a788e', 7 '#23888e', 8 '#1f988b', 9 '#22a884', 10 '#35b779', 11 '#54c568', 12 '#7ad151', "
         "13 '#a5db36', 14 '#d2e21b', 15 '#fde725')";
}

std::string_view diverging_colours() {
  return "set palette defined (0 '#3b4cc0', 1 '#5977e3', 2 '#7b9ff9', 3 '#9ebeff', 4 '#c0d4f5', 5 '#dddcdc', "
         "6 '#f2cbb7', 7 '#f7ac8e', 8 '#ee8468', 9 '#d65244', 10 '#b40426')";
}

}  // namespace tripartite::report
