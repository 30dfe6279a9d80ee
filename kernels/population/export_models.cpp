// Belongs to a module of models of another project: what the CUDA backend calls when it has loaded the module.
#include "kernels/population/models.hpp"

/// False if the module was built for another version of the structures, of which it then touches none but `abi`.
extern "C" __attribute__((visibility("default"))) bool tripartite_register_models(
    const tripartite::population::cuda::ModelTable& table) {
  if (table.abi != tripartite::population::cuda::kernels_abi) return false;
  for (const auto& model : tripartite::population::cuda::own_models()) table.add(*table.models, model);
  return true;
}
