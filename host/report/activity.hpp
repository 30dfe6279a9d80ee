#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/io/sonata_spikes.hpp"
#include "host/report/page.hpp"

namespace tripartite::report {

/// A dashed line across a row, such as a threshold, with its name at the right.
struct Level {
  double value;
  std::string name;
};

/// Events in a row.
struct Marks {
  std::size_t curve = 0;       // whose name and colour they have
  std::vector<double> x, y{};  // dots; without `y` ticks, those of every curve at a height of their own
  std::string column{};        // head of a CSV column
};

/// Curves over time in one row of a picture.
struct TraceRow {
  std::string label;  // of the axis
  std::vector<std::string> names;
  std::vector<std::vector<double>> curves;         // [curve][time]
  std::vector<std::vector<double>> low{}, high{};  // of a band about each of the first curves
  std::vector<Level> levels{};
  std::vector<Marks> marks{};  // without curves, ticks fill the row
  bool from_zero = false;      // the axis begins at 0
};

/// The horizontal axis below all rows.
struct TraceAxis {
  std::string_view label = "time [s]";
  bool is_log = false;
  Span span{};  // empty: that of the data
};

/// Stacked rows of curves. Curves that are denser than pixels are drawn as their envelope.
Picture trace_picture(std::span<const double> time, const std::vector<TraceRow>& rows, TraceAxis axis = {});

/// Of a raster: more events than this are not dots, the colour shows how many there are.
inline constexpr std::size_t most_raster_dots = 20'000;

/// A raster of events with their rate per node below, above the same pixels as the curves of trace_picture. Without
/// events there is no picture.
Picture raster_picture(const io::Spikes& events, double end, std::uint64_t nodes, std::string_view node_label);

/// A map over x and y, with `values` row by row.
struct Map {
  std::string label;
  std::vector<double> x, y, values;
  std::string x_label, y_label;
  bool log_x = false, log_y = false;
  Span range{};  // of the colours; empty: that of the values
};
/// Maps side by side, two per row.
Picture map_picture(const std::vector<Map>& maps);

}  // namespace tripartite::report
