#include "host/simulation/releases.hpp"

namespace tripartite::simulation {

void append_releases(std::span<const synapse::Release> releases, io::SonataSpikes& file) {
  if (releases.empty()) return;
  io::Spikes spikes;
  spikes.times.reserve(releases.size());
  spikes.nodes.reserve(releases.size());
  for (const synapse::Release& release : releases) {
    spikes.times.push_back(release.time);
    spikes.nodes.push_back(release.synapse);
  }
  file.append(spikes);
}

}  // namespace tripartite::simulation
