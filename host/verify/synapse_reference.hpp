#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "host/io/npy.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

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

/// When a case is looked at: every so many steps, so many times, the first at time 0.
struct Sampling {
  std::int64_t every = 1;
  std::size_t samples = 1;
};
/// From sample_interval_s and t_end_s of meta.json, by steps of `dt` [s]. Throws FileError unless there is a step
/// between samples and the case is over within an hour: whoever made the case decides how long it takes.
Sampling sampling_of(const Meta& meta, double dt);
/// Throws FileError unless every time is from 0 to an hour.
void require_times(const Meta& meta, std::string_view name, const std::vector<double>& times);

/// The tripartite synapse of part C.
using GchiSynapse = TripartiteSynapse<double, Gchi>;

/// Sets the parameters of a population that `values` has by their names; those of others (gap junctions, neurons) are
/// left alone. Throws FileError on a value that is no number.
void read_parameters(const nlohmann::json& values, const std::string& source, PopulationSetup& population);

/// How far float32 may move a release [s].
inline constexpr double single_release_shift = 4e-3;

/// How long a state follows a release [s]: G_A decays at 60 /s, and Γ_S follows it at up to 120 /s. After 0.12 s less
/// than a thousandth is left of the release, and of what it makes that it moved.
constexpr double lingering(int state) {
  return state == GchiSynapse::State::released || state == GchiSynapse::State::presynaptic ? 0.12 : 0;
}

/// Initial values of a population by the names of its states.
void read_initial(const nlohmann::json& values, PopulationSetup& population);

}  // namespace tripartite::verify
