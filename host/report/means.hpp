#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"

namespace tripartite::report {

/// Means over all elements at each frame, from means.h5 of a run; empty if it does not exist. Throws FileError.
class Means {
 public:
  explicit Means(const std::filesystem::path& directory);

  const std::vector<double>& time() const { return time_; }  // [s]
  /// A dataset, "/mean/nu"; empty if there is none, or not one value per time.
  std::vector<double> curve(const std::string& path) const;

 private:
  std::optional<io::Hdf5File> file_;
  std::vector<double> time_;
};

/// Releases of gliotransmitter, from releases.h5 of a run; nothing if it does not exist. Throws FileError.
std::optional<io::Spikes> read_releases(const std::filesystem::path& directory);

}  // namespace tripartite::report
