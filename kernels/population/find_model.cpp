#include <dlfcn.h>
#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string>

#include "kernels/population/models.hpp"
#include "tripartite/error.hpp"

namespace tripartite::population::cuda {
namespace {

const CudaModel* find(const std::vector<CudaModel>& models, std::string_view name) {
  for (const CudaModel& model : models)
    if (model.name == name) return &model;
  return nullptr;
}

/// The models of a module, which stays loaded.
std::vector<CudaModel> load(const std::string& file) {
  void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) throw DeviceError(fmt::format("CUDA module of a model: {}", dlerror()));
  const auto fill = reinterpret_cast<bool (*)(const ModelTable&)>(dlsym(module, "tripartite_register_models"));
  if (fill == nullptr)
    throw DeviceError(fmt::format("{}: is no module of models: it has no tripartite_register_models", file));
  std::vector<CudaModel> models;
  const ModelTable table{kernels_abi, &models,
                         [](std::vector<CudaModel>& all, const CudaModel& model) { all.push_back(model); }};
  if (!fill(table)) throw DeviceError(fmt::format("{}: was built for another version of tripartite", file));
  return models;
}

}  // namespace

const CudaModel& find_model(const Model& model) {
  const std::string_view name = model.description.name;
  if (const CudaModel* own = find(own_models(), name); own != nullptr) return *own;
  if (model.cuda_module.empty())
    throw DeviceError(fmt::format("model {}: was compiled without CUDA kernels; expected backend cpu", name));
  static std::mutex mutex;
  static std::map<std::string, std::vector<CudaModel>> modules;
  const std::lock_guard lock(mutex);
  const std::string file(model.cuda_module);
  auto found = modules.find(file);
  if (found == modules.end()) found = modules.emplace(file, load(file)).first;
  const CudaModel* loaded = find(found->second, name);
  if (loaded == nullptr) throw DeviceError(fmt::format("{}: has no kernels of model {}", file, name));
  return *loaded;
}

}  // namespace tripartite::population::cuda
