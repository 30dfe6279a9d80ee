#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::io {

/// Events in the order of a SONATA spikes file: times and their nodes.
struct Spikes {
  std::vector<double> times;  // [s]
  std::vector<std::uint64_t> nodes;
};

/// Writer of `/spikes/<population>/{timestamps, node_ids}`, sorted by time; times in the file are in ms. `close()`
/// renames the file to its final path, and so does the destructor with the events appended so far.
class SonataSpikes {
 public:
  /// Throws ConfigError for a name that is not valid in SONATA, FileError if the file cannot be created.
  SonataSpikes(const std::filesystem::path& path, const std::string& population);
  SonataSpikes(const SonataSpikes&) = delete;
  SonataSpikes& operator=(const SonataSpikes&) = delete;
  ~SonataSpikes();

  /// Appends events, which must be later than all previous ones. Throws FileError.
  void append(const Spikes& spikes);
  void close();

 private:
  Hdf5File file_;
  std::string group_;
  bool is_open_ = true;
};

/// Reads the spikes of one population; an empty name selects the only population. Times in the file are in ms or s, as
/// its `units` attribute says (ms without it). Throws FileError.
Spikes read_sonata_spikes(const std::filesystem::path& path, const std::string& population = {});

}  // namespace tripartite::io
