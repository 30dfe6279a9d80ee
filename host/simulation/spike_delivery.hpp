#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "host/io/sonata_spikes.hpp"
#include "host/simulation/run_listener.hpp"

namespace tripartite::simulation {

/// What became of the spikes of a file.
struct SpikeDelivery {
  std::string file;
  std::string unit;  // of times: "ms" or "s"
  bool unit_is_given = true;
  std::uint64_t read = 0, delivered = 0;
  std::uint64_t without_element = 0;  // ignored: their node is none of the elements
  std::uint64_t too_late = 0;         // ignored: after the end of the run
  std::uint64_t nodes = 0;            // the highest + 1: element i listens to node i mod this
  std::uint64_t elements = 0;
  double first = 0, last = 0;  // [s]
};

/// Of `elements` synapses or astrocytes that run for `duration` [s] in steps of `dt` [s].
SpikeDelivery delivery_of(const std::string& file, const io::Spikes& spikes, std::uint64_t elements, double duration,
                          double dt);

/// Says what was delivered, what was ignored and which unit was taken; and that all spikes are in the first percent of
/// the run, which then is likely to have another unit.
void tell(const SpikeDelivery& delivery, double duration, RunListener& listener);

/// What summary.json says of it.
nlohmann::ordered_json to_json(const SpikeDelivery& delivery);

}  // namespace tripartite::simulation
