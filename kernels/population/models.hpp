#pragma once

#include <string_view>
#include <vector>

#include "kernels/attention/processes.hpp"
#include "kernels/population/loops.hpp"
#include "tripartite/model/registry.hpp"

/// Which models a CUDA module has kernels of. Models of other projects are in modules of their own, which export
/// `tripartite_register_models`.
namespace tripartite::population::cuda {

/// The kernels of one model.
struct CudaModel {
  std::string_view name;  // of its description
  CudaLoops<float> float32;
  CudaLoops<double> float64;
  // Of an astrocyte: its calcium model in processes of attention.
  attention::cuda::LaunchProcesses<float>* processes_float32 = nullptr;
  attention::cuda::LaunchProcesses<double>* processes_float64 = nullptr;

  template <class Real>
  const CudaLoops<Real>& loops() const {
    if constexpr (sizeof(Real) == 8)
      return float64;
    else
      return float32;
  }
  template <class Real>
  attention::cuda::LaunchProcesses<Real>* processes() const {
    if constexpr (sizeof(Real) == 8)
      return processes_float64;
    else
      return processes_float32;
  }
};

/// Raise it whenever a structure of loops.hpp or CudaModel changes.
inline constexpr int kernels_abi = 2;

/// What a module of models fills in; `add` is of the module that asks.
struct ModelTable {
  int abi;
  std::vector<CudaModel>* models;
  void (*add)(std::vector<CudaModel>& models, const CudaModel& model);
};

/// Those compiled into this module, in no order.
std::vector<CudaModel>& own_models();

/// Adds a model to own_models() when the module is loaded.
struct RegisterModel {
  explicit RegisterModel(const CudaModel& model) { own_models().push_back(model); }
};

/// The kernels of a model: of this module, or of the module that the model names, which is loaded. Throws DeviceError
/// if there are none.
const CudaModel& find_model(const Model& model);

}  // namespace tripartite::population::cuda
