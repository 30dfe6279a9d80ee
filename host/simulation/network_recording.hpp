#pragma once

#include <functional>
#include <span>
#include <vector>

#include "host/config/network_config.hpp"
#include "host/config/network_fields.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/run/recorder.hpp"

namespace tripartite::simulation {

/// What `recorded_fields` needs to know of a network.
struct NetworkParts {
  struct Synapses {
    std::size_t size = 0;
    std::vector<Index> pre, post;              // neurons of each
    std::vector<double> efficacy;              // J
    std::vector<double> resting, potentiated;  // U_0*, α of each; one value where they do not vary
  };
  std::size_t neurons = 0, somata = 0;
  Synapses tripartite, bare;
  /// Input from outside of these neurons, now.
  std::function<void(std::span<const std::uint64_t>, std::span<double>)> external;
};

/// What the configuration wants recorded of `network`, which must outlive it. Throws ConfigError if something was
/// chosen that is not there.
std::vector<run::Recorded> recorded_fields(const config::NetworkConfig& config, const Network& network,
                                           const NetworkParts& parts);

/// The mean of r over all tripartite synapses of `network`, which must outlive it, now; NaN if there are none.
std::function<double()> mean_release(const Network& network, const NetworkParts::Synapses& synapses);

}  // namespace tripartite::simulation
