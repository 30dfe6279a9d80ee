#include "host/backend/cuda_module.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <string_view>
#include <system_error>

#include "tripartite/error.hpp"
#include "tripartite/version.hpp"

namespace tripartite {
namespace {

namespace fs = std::filesystem;

#ifdef TRIPARTITE_HAS_CUDA
constexpr bool has_cuda = true;
#else
constexpr bool has_cuda = false;
#endif
constexpr auto file_name = "libtripartite_cuda.so";
constexpr auto variable = "TRIPARTITE_CUDA_MODULE";

std::string dynamic_linker_words() {
  const char* words = dlerror();
  return words != nullptr ? words : "unknown error";
}

/// Without a driver the module is not loaded at all: it brings cuBLAS, which takes 100 ms and 200 MB. An emulated
/// device replaces the CUDA runtime and has no driver.
bool has_driver() {
  if (dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) != nullptr) return true;
  void* runtime = dlopen(TRIPARTITE_CUDA_RUNTIME, RTLD_LAZY | RTLD_LOCAL);
  if (runtime == nullptr) return false;
  const auto count_devices = reinterpret_cast<int (*)(int*)>(dlsym(runtime, "cudaGetDeviceCount"));
  int devices = 0;
  return count_devices != nullptr && count_devices(&devices) == 0 && devices > 0;
}

/// The folders of the running program and of the library, which differ if the library is linked into another one.
std::vector<fs::path> own_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  if (const fs::path program = fs::read_symlink("/proc/self/exe", error); !error)
    folders.push_back(program.parent_path());
  Dl_info library{};  // a relative name is that of the program, which is known already
  if (dladdr(reinterpret_cast<const void*>(&own_folders), &library) != 0 && library.dli_fname != nullptr &&
      *library.dli_fname == '/') {
    const fs::path folder = fs::canonical(library.dli_fname, error).parent_path();
    if (!error && (folders.empty() || folder != folders.front())) folders.push_back(folder);
  }
  return folders;
}

std::vector<fs::path> places_beside() {
  std::vector<fs::path> places;
  for (const fs::path& folder : own_folders())
    for (const fs::path& place :
         {folder.parent_path() / TRIPARTITE_MODULE_DIR, folder / TRIPARTITE_MODULE_DIR, folder / "tripartite"})
      places.push_back(place / file_name);
  return places;
}

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

LoadedCudaModule find_module() {
  if (const char* named = std::getenv(variable); named != nullptr && *named != '\0') {
    if (!is_there(named)) return {nullptr, fmt::format("the module is missing at {} ({})", named, variable)};
    return load_cuda_module(named);
  }
  const std::vector<fs::path> places = places_beside();
  for (const fs::path& place : places)
    if (is_there(place)) return load_cuda_module(place);
  // The dynamic linker knows the run path of a program that was linked to an installed library.
  if (void* handle = dlopen(file_name, RTLD_LAZY | RTLD_LOCAL); handle != nullptr) return load_cuda_module(file_name);
  const std::string words = dynamic_linker_words();
  // Something that the module needs is missing, not the module.
  if (words.find(file_name) != 0) return {nullptr, fmt::format("the module {} cannot be loaded: {}", file_name, words)};
  std::vector<std::string> folders;
  folders.reserve(places.size());
  for (const fs::path& place : places) folders.push_back(place.parent_path().string());
  return {nullptr, fmt::format("the module {} is missing in {}", file_name, fmt::join(folders, ", "))};
}

LoadedCudaModule find_if_there_is_a_driver() {
  if (!built_with_cuda()) return {nullptr, "this build has no CUDA backend"};
  if (!has_driver()) return {nullptr, "no driver"};
  return find_module();
}

}  // namespace

LoadedCudaModule load_cuda_module(const fs::path& file) {
  const auto fail = [&](const std::string& words) {
    return LoadedCudaModule{nullptr, fmt::format("the module {} {}", file.string(), words)};
  };
  // Never closed: objects of its classes, and the CUDA runtime, may live until the program ends.
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return fail("cannot be loaded: " + dynamic_linker_words());
  const auto table = reinterpret_cast<const CudaModule* (*)()>(dlsym(handle, "tripartite_cuda_module"));
  if (table == nullptr) return fail("is not a CUDA module of tripartite");
  const CudaModule* module = table();
  if (module->abi != cuda_module_abi || std::string_view(module->version) != TRIPARTITE_VERSION)
    return fail(fmt::format("is of tripartite {} (interface {}); expected {} (interface {})", module->version,
                            module->abi, TRIPARTITE_VERSION, cuda_module_abi));
  return {module, {}};
}

const LoadedCudaModule& cuda_module() {
  static const LoadedCudaModule loaded = find_if_there_is_a_driver();
  return loaded;
}

template <class Real>
const CudaFactories<Real>& cuda_factories() {
  const LoadedCudaModule& loaded = cuda_module();
  if (loaded.module == nullptr) throw DeviceError("backend cuda: " + loaded.reason);
  return loaded.module->factories<Real>();
}

template const CudaFactories<float>& cuda_factories();
template const CudaFactories<double>& cuda_factories();

bool built_with_cuda() { return has_cuda; }

std::vector<Device> cuda_devices() {
  const CudaModule* module = cuda_module().module;
  return module != nullptr ? module->devices().devices : std::vector<Device>{};
}

}  // namespace tripartite
