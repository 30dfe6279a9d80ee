#pragma once

#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <string>

namespace tripartite::tests {

/// A function of the CUDA runtime that the CUDA module has brought; null if it has none of that name or is not loaded.
inline void* find_in_cuda_runtime(const char* name) {
  std::string path;
  dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* found) {
        const std::string file = object->dlpi_name;
        if (file.find("libcudart") != std::string::npos) *static_cast<std::string*>(found) = file;
        return 0;
      },
      &path);
  void* runtime = path.empty() ? nullptr : dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  return runtime == nullptr ? nullptr : dlsym(runtime, name);
}

/// The emulated device can be told to fail, by CUDAEMU_FAIL.
inline bool has_emulated_device() { return find_in_cuda_runtime("cudaemu_fault") != nullptr; }

}  // namespace tripartite::tests
