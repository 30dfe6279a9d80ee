#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "host/report/pages.hpp"

namespace tripartite::report::attend {

/// The files of a run of `tripartite attend`; each of the HDF5 files may be missing.
struct RunFiles {
  explicit RunFiles(const Run& run);

  const nlohmann::json& summary;
  std::optional<io::Hdf5File> attention, recordings;

  /// Names of the transformer and of the feature map, from attention.h5 or else from the summary.
  std::string model() const;
  std::string features() const;
  /// As they were read; none if they are not known.
  std::vector<std::string> tokens() const;
};

/// The sentence that says what is missing if `file` is not there or has no `path`.
std::optional<std::string> why_missing(const std::optional<io::Hdf5File>& file, const char* name,
                                       const std::string& path);

/// Reads a dataset. Throws FileError unless it has this shape, or, where no shape is asked for, unless it has `rank`
/// dimensions.
io::Hdf5Array<double> read_shaped(const io::Hdf5File& file, const std::string& dataset,
                                  const std::vector<std::size_t>& shape);
io::Hdf5Array<double> read_ranked(const io::Hdf5File& file, const std::string& dataset, std::size_t rank);

/// Names in a group, none if it is not there.
std::vector<std::string> names_in(const io::Hdf5File& file, const std::string& group);

/// Outputs of all heads of all layers, one after the other.
struct Contexts {
  std::vector<double> network, softmax, linear;
  std::vector<std::size_t> head;  // of each value, counted through all layers
};
Contexts read_contexts(const io::Hdf5File& attention);

}  // namespace tripartite::report::attend
