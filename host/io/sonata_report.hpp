#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::io {

/// One quantity, sampled at equal intervals in the elements of some nodes: a frame has one value per element.
struct ReportPopulation {
  std::string name;                           // name of a group of the file: not empty, without '/'
  std::string units;                          // "uM", "1/s"; "1" if dimensionless
  std::vector<std::uint64_t> node_ids;        // unique
  std::vector<std::uint64_t> index_pointers;  // node i has elements index_pointers[i] to index_pointers[i + 1] - 1
  std::vector<std::uint32_t> element_ids;     // grouped by node
  double start_s = 0;                         // time of the first frame, >= 0
  double interval_s = 0;                      // between frames, > 0
};

/// A population whose nodes have one element each.
ReportPopulation point_population(std::string name, std::string units, std::vector<std::uint64_t> node_ids,
                                  double start_s, double interval_s);

/// Writer of a SONATA report of frame-oriented recordings: `/report/<population>/data` (frame × element, float32) with
/// `mapping/{node_ids, index_pointers, element_ids, time}`; times are in ms, as SONATA requires. `close()` renames the
/// file to its final path, and so does the destructor with the frames recorded so far: a run that stops early leaves a
/// readable report.
class SonataReport {
 public:
  /// Throws ConfigError on a population that SONATA cannot describe, FileError if the file cannot be created.
  SonataReport(const std::filesystem::path& path, std::vector<ReportPopulation> populations);
  SonataReport(const SonataReport&) = delete;
  SonataReport& operator=(const SonataReport&) = delete;
  ~SonataReport();

  /// Appends a frame to the population with this index in the list. Throws ConfigError unless there is one value per
  /// element, and FileError.
  template <class Real>
  void append_frame(std::size_t population, std::span<const Real> values);

  /// Flushes all frames so far to the file, so that they can be read from `current_path()` even if the program crashes.
  void flush();
  /// Throws FileError; frames that were in the file are then kept under its final name if the disk has no room for
  /// more.
  void close();
  /// The current path of the file: until `close()` a temporary name in the same directory.
  std::filesystem::path current_path() const { return file_.current_path(); }

 private:
  struct Recording {
    ReportPopulation population;
    std::string group;
    std::size_t frames_per_chunk;
    std::size_t frames = 0;      // in the file
    std::vector<float> pending;  // frames not yet written, less than a chunk
  };
  void create(Recording& recording);
  void write_pending(Recording& recording);
  void write_time(Recording& recording);

  Hdf5File file_;
  std::vector<Recording> recordings_;
  bool is_open_ = true;
};

}  // namespace tripartite::io
