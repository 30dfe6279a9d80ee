#include <cmath>

#include "tripartite/astrocyte/astrocyte.hpp"

namespace tripartite {

double slow_inward_current(double calcium, double threshold, double scale) {
  const double excess = (calcium - threshold) * 1e3;
  return excess > 1 ? scale * std::log(excess) : 0;
}

}  // namespace tripartite
