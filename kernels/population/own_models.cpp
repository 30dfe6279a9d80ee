#include "kernels/population/models.hpp"

namespace tripartite::population::cuda {

std::vector<CudaModel>& own_models() {
  static std::vector<CudaModel> models;
  return models;
}

}  // namespace tripartite::population::cuda
