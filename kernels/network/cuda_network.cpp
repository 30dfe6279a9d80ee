#include "kernels/network/cuda_network.hpp"

#include "kernels/network/cuda_networks.hpp"

namespace tripartite {

template <class Real>
std::unique_ptr<Network> make_cuda_network(NetworkSetup setup) {
  if (setup.projections.empty()) return network::cuda::make_window_network<Real>(std::move(setup));
  return network::cuda::make_stage_network<Real>(std::move(setup));
}

template std::unique_ptr<Network> make_cuda_network<float>(NetworkSetup);
template std::unique_ptr<Network> make_cuda_network<double>(NetworkSetup);

}  // namespace tripartite
