#pragma once

#include <span>

namespace tripartite::simulation {

/// Change of a mean between the first and the second half of `values`, relative to the larger of the two means and to
/// `least`; 0 where that is within three standard errors, which are estimated from the scatter within the halves.
/// Values follow each other in time and are means over stretches that are long enough to be independent.
double drift_of(std::span<const double> values, double least);

}  // namespace tripartite::simulation
