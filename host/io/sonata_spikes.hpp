#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::io {

/// Events in the order of a SONATA spikes file: times and the nodes they belong to.
struct Spikes {
  std::vector<double> times;  // [s]
  std::vector<std::uint64_t> nodes;
};

/// Writer of `/spikes/<population>/{timestamps, node_ids}`, sorted by time; times are in ms there. The file gets its
/// name by `close()`, or by the destructor with what was appended so far.
class SonataSpikes {
 public:
  /// Throws ConfigError on a name that SONATA cannot have, FileError if the file cannot be created.
  SonataSpikes(const std::filesystem::path& path, const std::string& population);
  SonataSpikes(const SonataSpikes&) = delete;
  SonataSpikes& operator=(const SonataSpikes&) = delete;
  ~SonataSpikes();

  /// Later than what was appended before. Throws FileError.
  void append(const Spikes& spikes);
  void close();

 private:
  Hdf5File file_;
  std::string group_;
  bool is_open_ = true;
};

/// Spikes of one population; an empty name takes the only one there is. Times in ms or s, as the file says (ms if it
/// does not). Throws FileError.
Spikes read_sonata_spikes(const std::filesystem::path& path, const std::string& population = {});

}  // namespace tripartite::io
