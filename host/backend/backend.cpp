#include "tripartite/backend.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>

#include "host/backend/cuda_module.hpp"
#include "tripartite/error.hpp"

namespace tripartite {

std::string_view to_string(Backend backend) {
  switch (backend) {
    case Backend::automatic: return "auto";
    case Backend::cpu: return "cpu";
    case Backend::cuda: return "cuda";
  }
  return "unknown";
}

std::string_view to_string(Precision precision) { return precision == Precision::float32 ? "float32" : "float64"; }

std::string_view to_string(InstructionSet set) {
  switch (set) {
    case InstructionSet::baseline: return "baseline";
    case InstructionSet::avx2: return "avx2";
    case InstructionSet::avx512: return "avx512";
  }
  return "unknown";
}

namespace {

InstructionSet supported_instruction_set() {
#if defined(__x86_64__) && defined(TRIPARTITE_X86)  // else this build carries the baseline alone
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    return InstructionSet::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
  return InstructionSet::baseline;
}

InstructionSet wanted_instruction_set(std::string_view wanted) {
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (wanted == to_string(set)) return set;
  throw ConfigError("environment variable TRIPARTITE_INSTRUCTION_SET = \"" + std::string(wanted) +
                    "\": must be baseline, avx2 or avx512");
}

}  // namespace

InstructionSet best_instruction_set() {
  const InstructionSet supported = supported_instruction_set();
  const char* wanted = std::getenv("TRIPARTITE_INSTRUCTION_SET");
  if (wanted == nullptr || *wanted == '\0') return supported;
  return std::min(supported, wanted_instruction_set(wanted));
}

std::string why_unavailable(Backend backend) {
  if (backend != Backend::cuda) return {};
  const LoadedCudaModule& loaded = cuda_module();
  if (loaded.module == nullptr) return loaded.reason;
  const CudaDevices found = loaded.module->devices();
  if (!found.devices.empty()) return {};
  return found.reason.empty() ? "no device answers" : "no device answers: " + found.reason;
}

Backend resolve(Backend backend) {
  const std::string reason = why_unavailable(Backend::cuda);
  if (backend == Backend::cuda && !reason.empty()) throw DeviceError("backend cuda: " + reason);
  if (backend == Backend::automatic) return reason.empty() ? Backend::cuda : Backend::cpu;
  return backend;
}

namespace {

std::atomic<std::size_t> memory_limit{0};

/// What the process holds [bytes].
std::size_t resident_memory() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * std::size_t(sysconf(_SC_PAGESIZE));
}

std::size_t free_memory() {
  // MemAvailable counts reclaimable caches, which sysconf's free pages do not.
  std::ifstream meminfo("/proc/meminfo");
  for (std::string key; meminfo >> key;) {
    std::size_t kilobytes = 0;
    if (key == "MemAvailable:" && meminfo >> kilobytes) return kilobytes * 1024;
    meminfo.ignore(256, '\n');
  }
  return std::size_t(sysconf(_SC_AVPHYS_PAGES)) * std::size_t(sysconf(_SC_PAGESIZE));
}

}  // namespace

void limit_host_memory(std::size_t bytes) { memory_limit = bytes; }

std::size_t available_host_memory() {
  const std::size_t limit = memory_limit;
  if (limit == 0) return free_memory();
  return std::min(free_memory(), limit - std::min(limit, resident_memory()));
}

}  // namespace tripartite
