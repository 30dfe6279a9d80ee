#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::io {

/// One quantity, sampled at equal intervals in the elements of some nodes: a frame is one value of every element.
struct ReportPopulation {
  std::string name;                           // names a group of the file: not empty, without '/'
  std::string units;                          // "uM", "1/s"; "1" without unit
  std::vector<std::uint64_t> node_ids;        // no two alike
  std::vector<std::uint64_t> index_pointers;  // node i has elements index_pointers[i] to index_pointers[i + 1] - 1
  std::vector<std::uint32_t> element_ids;     // grouped by node
  double start_s = 0;                         // time of the first frame, >= 0
  double interval_s = 0;                      // between frames, > 0
};

/// Nodes of one element each.
ReportPopulation point_population(std::string name, std::string units, std::vector<std::uint64_t> node_ids,
                                  double start_s, double interval_s);

/// Writer of a SONATA report of frame-oriented recordings: `/report/<population>/data` (frame × element, float32) with
/// `mapping/{node_ids, index_pointers, element_ids, time}`; times are in ms, as SONATA wants them. The file gets its
/// name by `close()`, or by the destructor with what was recorded so far: a run that stops early leaves a readable
/// report.
class SonataReport {
 public:
  /// Throws ConfigError on a population that SONATA cannot describe, FileError if the file cannot be created.
  SonataReport(const std::filesystem::path& path, std::vector<ReportPopulation> populations);
  SonataReport(const SonataReport&) = delete;
  SonataReport& operator=(const SonataReport&) = delete;
  ~SonataReport();

  /// The next frame of a population, by its place in the list; as many values as the population has elements, else
  /// ConfigError. Throws FileError.
  template <class Real>
  void append_frame(std::size_t population, std::span<const Real> values);

  /// Brings every frame so far to the file: from now on they can be read from `current_path()` even if the program
  /// dies.
  void flush();
  /// Throws FileError.
  void close();
  /// Where the bytes are now: until `close()` a temporary name in the same directory.
  std::filesystem::path current_path() const { return file_.current_path(); }

 private:
  struct Recording {
    ReportPopulation population;
    std::string group;
    std::size_t frames_per_chunk;
    std::size_t frames = 0;
    std::vector<float> pending;  // frames that wait for a whole chunk
  };
  void create(Recording& recording);
  void write_pending(Recording& recording);
  void write_time(Recording& recording);

  Hdf5File file_;
  std::vector<Recording> recordings_;
  bool is_open_ = true;
};

}  // namespace tripartite::io
