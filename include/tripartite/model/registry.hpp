#pragma once

#include <span>
#include <string_view>

#include "tripartite/model/loops.hpp"
#include "tripartite/model/model.hpp"

namespace tripartite {

namespace attention {
struct ProcessLoops;
}

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
  std::span<const ParameterInfo> parameters;
  std::span<const StateInfo> states;
  int calcium = 0;  // number of its state of calcium
  const attention::ProcessLoops& (*processes)();
};

/// Links only if `tripartite_add_model` compiled the header of the calcium model.
template <template <class> class C>
const CalciumModel& calcium_model();

/// Those that can be chosen by name: those that the library was built with, in the order of CMakeLists.txt, then those
/// that were added; the first is the default.
std::span<const CalciumModel> calcium_models();
/// Throws ConfigError that lists the names there are.
const CalciumModel& find_calcium_model(std::string_view name);
/// Lets a calcium model of another project be chosen by name, too: add_calcium_model(calcium_model<C>()). To be called
/// at the start of a program: what calcium_models() and find_calcium_model() returned before becomes invalid. Throws
/// ConfigError if the name is taken.
void add_calcium_model(const CalciumModel& model);

}  // namespace tripartite
