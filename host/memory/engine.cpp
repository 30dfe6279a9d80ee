#include "tripartite/memory/engine.hpp"

#include "host/memory/stepped_engine.hpp"

namespace tripartite::memory {

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make_memory_engine(Backend backend, const MemorySetup& setup, int threads) {
  check_setup(setup);
  if (resolve(backend) == Backend::cuda) return make_cuda_memory_engine<Real>(setup);
  return make_cpu_memory_engine<Real>(setup, threads);
}

template std::unique_ptr<MemoryEngine<float>> make_memory_engine<float>(Backend, const MemorySetup&, int);
template std::unique_ptr<MemoryEngine<double>> make_memory_engine<double>(Backend, const MemorySetup&, int);

}  // namespace tripartite::memory
