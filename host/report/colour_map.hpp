#pragma once

#include <string>
#include <string_view>

namespace tripartite::report {

/// gnuplot's command for the colours of values from low to high: viridis (Smith & van der Walt 2015), whose lightness
/// rises evenly, so that equal differences look equal to every reader and on every background.
std::string_view sequential_colours();

/// The same above a part of its own: the lowest `share` of the range has one colour.
std::string sequential_colours_above(std::string_view colour, double share);

/// The same for differences from zero, in the middle of the range: Moreland's cool to warm (2009).
std::string_view diverging_colours();

}  // namespace tripartite::report
