#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/report/page.hpp"

namespace tripartite::report {

/// Curves over time in one row of a picture.
struct TraceRow {
  std::string label;  // of the axis
  std::vector<std::string> names;
  std::vector<std::vector<double>> curves;  // [curve][time]
};

/// The horizontal axis below all rows.
struct TraceAxis {
  std::string_view label = "time [s]";
  bool is_log = false;
};

/// Stacked rows of curves.
Picture trace_picture(std::span<const double> time, const std::vector<TraceRow>& rows, TraceAxis axis = {});

/// A raster of events with their rate per node below.
Picture raster_picture(const io::Spikes& events, double end, std::uint64_t nodes, std::string_view node_label);

/// The raster of a SONATA spikes file, if it exists.
Picture events_picture(const std::filesystem::path& file, double end, std::uint64_t nodes, std::string_view node_label);

/// recordings.h5 of a run: one row per population, with a few of its curves.
Picture recorded_picture(const std::filesystem::path& directory, std::string_view node_word);

/// A map over x and y, with `values` row by row.
struct Map {
  std::string label;
  std::vector<double> x, y, values;
  std::string x_label, y_label;
  bool log_x = false, log_y = false;
};
/// Maps side by side, two per row.
Picture map_picture(const std::vector<Map>& maps);

}  // namespace tripartite::report
