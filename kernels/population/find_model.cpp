#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <system_error>

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

/// The module lies beside the program or shared library that has the model, if both were moved; else where it was
/// built.
std::string module_of(const Model& model) {
  namespace fs = std::filesystem;
  const fs::path built(model.cuda_module);
  Dl_info own{};
  if (dladdr(&model, &own) == 0 || own.dli_fname == nullptr) return built;
  std::error_code error;
  // A relative name is that of the program.
  const fs::path owner = *own.dli_fname == '/' ? fs::path(own.dli_fname) : fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = owner.parent_path() / built.filename();
  return !error && fs::exists(beside, error) ? beside : built;
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
  const std::string file = module_of(model);
  auto found = modules.find(file);
  if (found == modules.end()) found = modules.emplace(file, load(file)).first;
  const CudaModel* loaded = find(found->second, name);
  if (loaded == nullptr) throw DeviceError(fmt::format("{}: has no kernels of model {}", file, name));
  return *loaded;
}

}  // namespace tripartite::population::cuda
