#pragma once

namespace tripartite::report {

/// [px] Where curves over time begin and end: pictures below each other show the same time at the same place.
inline constexpr double trace_left = 90, trace_right = 830;

}  // namespace tripartite::report
