#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/report/hdf5_reader.hpp"
#include "host/report/pages.hpp"

namespace tripartite::report::attend {

/// The files of a run of `tripartite attend`; each of the HDF5 files may be missing.
struct RunFiles {
  explicit RunFiles(const Run& run);

  const nlohmann::json& summary;
  std::optional<Hdf5Reader> attention, recordings;

  /// Names of the transformer and of the feature map, from attention.h5 or else from the summary.
  std::string model() const;
  std::string features() const;
  /// As they were read; none if they are not known.
  std::vector<std::string> tokens() const;
};

/// The sentence that says what is missing if `file` is not there or has no `path`.
std::optional<std::string> why_missing(const std::optional<Hdf5Reader>& file, const char* name,
                                       const std::string& path);

/// Throws FileError unless `dataset` has this shape.
void check_shape(const Hdf5Reader& file, const std::string& dataset, const std::vector<std::size_t>& shape);

/// Outputs of all heads of all layers, one after the other.
struct Contexts {
  std::vector<double> network, softmax, linear;
  std::vector<std::size_t> head;  // of each value, counted through all layers
};
Contexts read_contexts(const Hdf5Reader& attention);

}  // namespace tripartite::report::attend
