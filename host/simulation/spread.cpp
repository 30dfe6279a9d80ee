#include "host/simulation/spread.hpp"

#include <cmath>

namespace tripartite::simulation {

std::vector<std::uint64_t> evenly_spread(std::uint64_t all, std::uint64_t count) {
  if (count == 0 || count > all) count = all;
  std::vector<std::uint64_t> chosen;
  chosen.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i)
    chosen.push_back(count == 1 ? 0 : std::uint64_t(std::llround(double(all - 1) / double(count - 1) * double(i))));
  return chosen;
}

}  // namespace tripartite::simulation
