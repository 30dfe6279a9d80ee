#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/memory/engine.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/transformer/attention.hpp"
#include "tripartite/transformer/reference_attention.hpp"

/// The CUDA backend is a shared module that is loaded when CUDA is first needed, so that the program starts without any
/// CUDA library. It exports one C symbol, `tripartite_cuda_module`, which returns its table of factories.
namespace tripartite {

/// Raise it whenever the table below, or a class that it hands over, changes.
constexpr int cuda_module_abi = 2;

/// Makers of everything that the CUDA backend offers, in one precision. What they throw is of the library's types.
template <class Real>
struct CudaFactories {
  std::unique_ptr<attention::Engine<Real>> (*attention_engine)(const attention::EngineSetup&) = nullptr;
  std::unique_ptr<memory::MemoryEngine<Real>> (*memory_engine)(const memory::MemorySetup&) = nullptr;
  std::unique_ptr<Network> (*network)(NetworkSetup) = nullptr;
  std::unique_ptr<transformer::Attention<Real>> (*reference_attention)(transformer::AttentionKind,
                                                                       const transformer::AttentionShape&) = nullptr;
  void (*linear_attention)(const transformer::AttentionProblem&, int features, const Real* query_features,
                           const Real* key_features, const Real* value, Real* context) = nullptr;
};

/// The devices that answer; if there is none, the runtime's reason.
struct CudaDevices {
  std::vector<Device> devices;
  std::string reason;
};

/// The table. The first two members keep their places in every version, so that another version can be recognised.
struct CudaModule {
  int abi;
  const char* version;  // TRIPARTITE_VERSION
  CudaDevices (*devices)();
  CudaFactories<float> float32;
  CudaFactories<double> float64;

  template <class Real>
  const CudaFactories<Real>& factories() const {
    if constexpr (std::is_same_v<Real, float>)
      return float32;
    else
      return float64;
  }
};

/// A module, or why there is none.
struct LoadedCudaModule {
  const CudaModule* module = nullptr;
  std::string reason;  // empty if there is a module
};

/// Loads the file and compares versions.
LoadedCudaModule load_cuda_module(const std::filesystem::path& file);

/// The module of this build, loaded at the first call if there is a driver. It is looked for in this order: the file
/// that the environment variable TRIPARTITE_CUDA_MODULE names, and no other if it is set; beside the running program
/// and beside the library, in the folders of the build and of the installation; where the dynamic linker looks.
const LoadedCudaModule& cuda_module();

/// The factories of the module. Throws DeviceError if there is none.
template <class Real>
const CudaFactories<Real>& cuda_factories();

}  // namespace tripartite
