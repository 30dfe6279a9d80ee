// A module whose factory throws what the number of heads asks for. Built with hidden visibility, as the real one.
#include <new>

#include "backend/raised.hpp"
#include "host/backend/cuda_module.hpp"
#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite {
namespace {

template <class Real>
std::unique_ptr<attention::Engine<Real>> raise(const attention::EngineSetup& setup) {
  switch (tests::Raised(setup.tokens)) {
    case tests::Raised::config: throw ConfigError("config");
    case tests::Raised::file: throw FileError("file");
    case tests::Raised::device: throw DeviceError("device");
    case tests::Raised::memory: throw MemoryError("memory");
    case tests::Raised::numerics: throw NumericsError("numerics");
    case tests::Raised::cancelled: throw Cancelled("cancelled");
    case tests::Raised::out_of_memory: throw std::bad_alloc();
  }
  return nullptr;
}

constexpr CudaModule table{.abi = cuda_module_abi,
                           .version = TRIPARTITE_VERSION,
                           .devices =
                               [] {
                                 return CudaDevices{{{"fake", 1}}, {}};
                               },
                           .float32 = {.attention_engine = raise<float>},
                           .float64 = {.attention_engine = raise<double>}};

}  // namespace
}  // namespace tripartite

extern "C" __attribute__((visibility("default"))) const tripartite::CudaModule* tripartite_cuda_module() {
  return &tripartite::table;
}
