#include "kernels/network/cuda_network.hpp"

#include "kernels/network/cuda_networks.hpp"

namespace tripartite::network::cuda {

template <class Real>
std::unique_ptr<Network> make_network(NetworkSetup setup) {
  if (setup.projections.empty()) return make_window_network<Real>(std::move(setup));
  return make_stage_network<Real>(std::move(setup));
}

template std::unique_ptr<Network> make_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_network<double>(NetworkSetup);

}  // namespace tripartite::network::cuda
