#include "host/report/network/wave.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite::report::network {
namespace {

constexpr double least_rise = 0.05;  // [uM] calcium that covers less has stayed at rest

}  // namespace

std::optional<Rise> rise_of(const Recorded& calcium) {
  Span all;
  for (const auto& curve : calcium.curves) all.include(curve);
  if (all.is_empty() || all.length() < least_rise) return std::nullopt;
  Rise rise;
  rise.level = all.high / 2;
  Span onsets;
  for (const auto& curve : calcium.curves) {
    const auto found = std::find_if(curve.begin(), curve.end(), [&](double value) { return value > rise.level; });
    rise.onsets.emplace_back();
    if (found == curve.end()) continue;
    rise.onsets.back() = calcium.time[std::size_t(found - curve.begin())];
    onsets.include(*rise.onsets.back());
    ++rise.cells;
  }
  rise.first = onsets.low;
  rise.last = onsets.high;
  return rise;
}

}  // namespace tripartite::report::network
