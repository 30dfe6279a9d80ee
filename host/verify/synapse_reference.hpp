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

/// How far float32 may move a release [s].
inline constexpr double single_release_shift = 4e-3;

/// How long a state follows a release [s]: G_A decays at 60 /s, and Γ_S follows it at up to 120 /s. After 0.12 s less
/// than a thousandth is left of the release, and of what it makes that it moved.
constexpr double lingering(synapse::StateIndex state) {
  return state == synapse::released || state == synapse::presynaptic ? 0.12 : 0;
}

/// Initial state of a synapse by the names of its states.
void read_initial(const nlohmann::json& values, double (&initial)[synapse::state_count]);

}  // namespace tripartite::verify
