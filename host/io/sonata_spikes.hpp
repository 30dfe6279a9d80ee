#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::io {

/// Events in the order of a file: times and their nodes.
struct Spikes {
  std::vector<double> times;  // [s]
  std::vector<std::uint64_t> nodes;
  std::string_view unit = "s";  // of times in the file: "ms" or "s"
  bool unit_is_given = true;    // by the file; else it was taken to be ms, as SONATA says
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

/// Reads the spikes of one population; an empty name selects the only population. Older files have /spikes/timestamps
/// and /spikes/node_ids without populations, or gids instead of node_ids. Times in the file are in ms or s, as its
/// `units` attribute says (ms without it). Throws FileError.
Spikes read_sonata_spikes(const std::filesystem::path& path, const std::string& population = {});

/// Reads spikes of a SONATA file or of a text table with the columns time_s or time_ms, and node (TextTable). Throws
/// FileError.
Spikes read_spikes(const std::filesystem::path& path, const std::string& population = {});

}  // namespace tripartite::io
