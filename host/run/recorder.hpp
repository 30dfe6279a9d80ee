#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/io/sonata_report.hpp"
#include "host/io/sonata_spikes.hpp"
#include "tripartite/simulation.hpp"

namespace tripartite::run {

/// Some elements of one field.
struct Recorded {
  std::size_t field = 0;
  std::string name;  // of the population in the file; empty: the name of the field
  std::vector<std::uint64_t> indices;
  std::function<double(double)> map;  // of each value; null: the value itself
  std::string unit;                   // of mapped values
};

/// Records fields of any simulation to a SONATA report.
class Recorder {
 public:
  /// `interval` [s] lies between frames. Throws ConfigError, FileError.
  Recorder(const std::filesystem::path& path, const Simulation& simulation, std::vector<Recorded> recorded,
           double interval);
  /// Appends the present values of all fields. Throws FileError.
  void frame();
  void close();

 private:
  const Simulation& simulation_;
  std::vector<Recorded> recorded_;
  io::SonataReport report_;
  std::vector<double> values_;
  std::vector<float> frame_;
};

/// Appends the events of one population to a SONATA spikes file; returns how many there were. Throws FileError.
std::size_t append_events(std::span<const Event> events, std::uint32_t population, io::SonataSpikes& file);

}  // namespace tripartite::run
