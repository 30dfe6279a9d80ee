#include "host/report/oscillation.hpp"

#include <cmath>

#include "host/report/figure.hpp"

namespace tripartite::report {

Course course_of(std::span<const double> time, std::span<const double> curve, double least) {
  const std::size_t begin = curve.size() / 2;
  Span span;
  span.include(curve.subspan(begin));
  double sum = 0;
  std::size_t count = 0, crossings = 0;
  const double middle = (span.low + span.high) / 2;
  for (std::size_t k = begin; k < curve.size(); ++k) {
    if (!std::isfinite(curve[k])) continue;
    sum += curve[k];
    ++count;
    if (k > begin && curve[k - 1] <= middle && curve[k] > middle) ++crossings;
  }
  if (count == 0) return {NAN, NAN, NAN, NAN};
  const double duration = time[curve.size() - 1] - time[begin];
  const bool oscillates = span.length() > least && crossings >= 2 && duration > 0;
  return {sum / double(count), span.low, span.high, oscillates ? double(crossings) / duration : 0};
}

}  // namespace tripartite::report
