#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "host/run/state_stream.hpp"
#include "tripartite/simulation.hpp"

// Parts of saved states of networks that are the same on every backend, so that one can load what another saved.
namespace tripartite {

/// What a saved state of a network in this precision calls itself.
template <class Real>
constexpr std::string_view kind_of_network = sizeof(Real) == 8 ? "network float64" : "network float32";

/// Writes, or requires, what tells setups apart.
template <class Stream>
void identify(Stream& stream, std::uint64_t fingerprint) {
  stream.require_fingerprint("models, parameters, projections and solver", fingerprint);
}

/// Steps since the run began. Throws FileError if they are negative.
std::int64_t read_steps(run::StateReader& reader);

void write_events(run::StateWriter& writer, const std::vector<Event>& events);
/// `sizes` are those of the populations. Throws FileError on an event of an element that does not exist.
std::vector<Event> read_events(run::StateReader& reader, std::span<const std::size_t> sizes);

}  // namespace tripartite
