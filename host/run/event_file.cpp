#include "host/run/event_file.hpp"

namespace tripartite::run {

std::size_t append_events(std::span<const Event> events, std::uint32_t population, io::SonataSpikes& file) {
  io::Spikes spikes;
  for (const Event& event : events) {
    if (event.population != population) continue;
    spikes.times.push_back(event.time);
    spikes.nodes.push_back(event.index);
  }
  if (!spikes.times.empty()) file.append(spikes);
  return spikes.times.size();
}

}  // namespace tripartite::run
