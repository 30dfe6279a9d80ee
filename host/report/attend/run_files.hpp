#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/report/file_parts.hpp"
#include "host/report/pages.hpp"

namespace tripartite::report::attend {

/// The files of a run of `tripartite attend`; each of the HDF5 files may be missing.
struct RunFiles {
  explicit RunFiles(const Run& run);

  const nlohmann::json& summary;
  std::optional<io::Hdf5File> attention, recordings;

  /// Names of the transformer and of the feature map, from attention.h5 if possible, otherwise from the summary.
  std::string model() const;
  std::string features() const;
  /// The tokens of the text; empty if unknown.
  std::vector<std::string> tokens() const;
};

/// Outputs of all heads of all layers, one after the other.
struct Contexts {
  std::vector<double> network, softmax, linear;
  std::vector<std::size_t> head;  // of each value, numbered across all layers
};
Contexts read_contexts(const io::Hdf5File& attention);

}  // namespace tripartite::report::attend
