#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/io/hdf5_file.hpp"

namespace tripartite::report {

/// A sentence that says what is missing if `file` is null or has no `path`; nullopt otherwise.
std::optional<std::string> why_missing(const std::optional<io::Hdf5File>& file, const char* name,
                                       const std::string& path);

/// Reads a dataset. Throws FileError unless it has the given shape, or, without a given shape, `rank` dimensions.
io::Hdf5Array<double> read_shaped(const io::Hdf5File& file, const std::string& dataset,
                                  const std::vector<std::size_t>& shape);
io::Hdf5Array<double> read_ranked(const io::Hdf5File& file, const std::string& dataset, std::size_t rank);

/// Names in a group; empty if the group does not exist.
std::vector<std::string> names_in(const io::Hdf5File& file, const std::string& group);

}  // namespace tripartite::report
