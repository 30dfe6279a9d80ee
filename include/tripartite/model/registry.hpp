#pragma once

#include <span>
#include <string_view>

#include "tripartite/model/loops.hpp"
#include "tripartite/model/model.hpp"

namespace tripartite {

/// A model with its compiled loops; one object per model for the life of the program.
class Model {
 public:
  ModelDescription description;
  CpuLoops<float> (*cpu_float)(InstructionSet) = nullptr;
  CpuLoops<double> (*cpu_double)(InstructionSet) = nullptr;
  /// File of the CUDA module that has the kernels of the model; empty: that of the library itself.
  std::string_view cuda_module;

  template <class Real>
  CpuLoops<Real> cpu(InstructionSet set) const {
    if constexpr (sizeof(Real) == 8)
      return cpu_double(set);
    else
      return cpu_float(set);
  }
};

/// A calcium model and what is built on it.
struct CalciumModel {
  std::string_view name, title;
  const Model& (*synapse)();    // TripartiteSynapse on it
  const Model& (*astrocyte)();  // Astrocyte on it
};

/// Those that the library was built with, in the order of CMakeLists.txt; the first is the default.
std::span<const CalciumModel> calcium_models();
/// Throws ConfigError that lists the names there are.
const CalciumModel& find_calcium_model(std::string_view name);

}  // namespace tripartite
