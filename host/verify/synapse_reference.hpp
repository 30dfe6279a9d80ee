#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/npy.hpp"
#include "tripartite/synapse/ensemble.hpp"

namespace tripartite::verify {

/// meta.json of a reference case with its path for messages.
struct Meta {
  std::filesystem::path directory;
  std::string name;
  std::string source;
  nlohmann::json values;
};

/// Throws FileError.
Meta read_meta(const std::filesystem::path& directory);

/// An array of the case. Throws FileError unless it has this shape.
std::vector<double> read_array(const Meta& meta, const char* name, const std::vector<std::size_t>& shape);

/// Parameters of part C by their names; those of others (gap junctions, neurons) are left to the caller. Throws
/// FileError on a value that is no number.
synapse::Parameters<double> read_synapse_parameters(const nlohmann::json& values, const std::string& source);

/// Initial state of a synapse by the names of its states.
void read_initial(const nlohmann::json& values, double (&initial)[synapse::state_count]);

}  // namespace tripartite::verify
