#include "host/simulation/drive_spikes.hpp"

#include <algorithm>
#include <vector>

#include "host/io/sonata_spikes.hpp"

namespace tripartite::simulation {

void write_drive_spikes(const std::filesystem::path& path, const SpikeSource& source,
                        std::span<const std::uint64_t> elements, std::int64_t steps) {
  constexpr std::int64_t window = 100'000;  // steps at a time, which bounds the memory
  io::SonataSpikes file(path, "synapses");
  std::vector<Arrival> arrivals;
  for (std::int64_t begin = 0; begin < steps; begin += window) {
    arrivals.clear();
    for (const std::uint64_t element : elements)
      source.collect(element, element + 1, begin, int(std::min(window, steps - begin)), arrivals);
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.step < b.step; });
    io::Spikes spikes;
    for (const Arrival& arrival : arrivals) {
      spikes.times.push_back(double(begin + arrival.step + 1) * source.dt());
      spikes.nodes.push_back(arrival.element);
    }
    file.append(spikes);
  }
  file.close();
}

}  // namespace tripartite::simulation
