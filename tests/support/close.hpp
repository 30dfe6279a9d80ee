#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace tripartite {

struct Tolerance {
  double relative = 0;
  double absolute = 0;
};

/// Checks |got - want| <= absolute + relative |want| for every element and names the worst one. NaN on either side
/// fails.
template <class Got, class Want>
testing::AssertionResult all_close(const Got& got, const Want& want, Tolerance tolerance) {
  if (got.size() != want.size())
    return testing::AssertionFailure() << got.size() << " values, expected " << want.size();
  double worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double difference = std::abs(double(got[i]) - double(want[i]));
    const double excess = difference / (tolerance.absolute + tolerance.relative * std::abs(double(want[i])));
    if (!(difference == 0 || excess <= worst)) {
      worst = excess;
      at = i;
    }
    if (std::isnan(worst)) break;
  }
  if (worst <= 1) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "element " << at << " is " << double(got[at]) << ", expected "
                                     << double(want[at]) << ": " << worst << " times the tolerance";
}

/// max|got - want| / max|want|; NaN if any value is NaN or the sizes differ.
template <class Got, class Want>
double relative_error(const Got& got, const Want& want) {
  if (got.size() != want.size()) return NAN;
  double difference = 0, largest = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    const double here = std::abs(double(got[i]) - double(want[i]));
    if (std::isnan(here)) return NAN;
    difference = std::max(difference, here);
    largest = std::max(largest, std::abs(double(want[i])));
  }
  return difference == 0 ? 0 : difference / largest;
}

/// Euclidean norm of got - want divided by that of want; NaN if any value is NaN or the sizes differ.
template <class Got, class Want>
double relative_l2(const Got& got, const Want& want) {
  if (got.size() != want.size()) return NAN;
  double difference = 0, length = 0;
  for (std::size_t i = 0; i < want.size(); ++i) {
    difference += (double(got[i]) - double(want[i])) * (double(got[i]) - double(want[i]));
    length += double(want[i]) * double(want[i]);
  }
  return std::sqrt(difference / length);
}

}  // namespace tripartite
