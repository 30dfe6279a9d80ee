#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tripartite/simulation.hpp"

namespace tripartite::run {

/// Some elements of one field.
struct Recorded {
  std::size_t field = 0;  // Simulation::field(population, name)
  std::string name;       // of the population in the file; empty: the name of the field
  std::vector<std::uint64_t> indices;
  std::function<double(std::uint64_t, double)> map;  // of an element's index and value; null: the value itself
  std::string unit;                                  // of mapped or computed values
  /// Fills in the present values of all `indices`, in their order, in place of a field's; null: those of the field.
  std::function<void(std::span<double>)> compute = nullptr;
};

/// Records fields of any simulation to a SONATA report of frames: `/report/<name>/data` (frame × element, float32) with
/// `mapping/{node_ids, time}`; times in the file are in ms. The file gets its name when it is closed, or by the
/// destructor with the frames so far. Links with tripartite::io.
class Recorder {
 public:
  /// `interval` [s] lies between frames. `simulation` must outlive the recorder. Throws ConfigError on names or
  /// elements that SONATA cannot describe, FileError if the file cannot be created.
  Recorder(const std::filesystem::path& path, const Simulation& simulation, std::vector<Recorded> recorded,
           double interval);
  Recorder(Recorder&&) noexcept;
  Recorder& operator=(Recorder&&) noexcept;
  ~Recorder();
  /// Appends the present values of all fields. Throws FileError.
  void frame();
  /// Throws FileError.
  void close();

 private:
  class File;
  std::unique_ptr<File> file_;
};

}  // namespace tripartite::run
