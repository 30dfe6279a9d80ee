#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite {

/// Where the arithmetic happens. `automatic` takes CUDA where a device answers, else the CPU.
enum class Backend { automatic, cpu, cuda };

/// Precision of the state and of the arithmetic; a choice at run time, not another build.
enum class Precision { float32, float64 };

/// CPU instruction sets that the library carries kernels for, in rising order of capability.
enum class InstructionSet { baseline, avx2, avx512 };

std::string_view to_string(Backend);
std::string_view to_string(Precision);
/// "baseline" is x86-64-v2 on x86 and the compiler's default elsewhere.
std::string_view to_string(InstructionSet);

/// The best instruction set that this machine runs and this build carries, at most the value of the environment
/// variable TRIPARTITE_INSTRUCTION_SET (baseline, avx2, avx512) if set. Throws ConfigError on another value there.
InstructionSet best_instruction_set();

struct Device {
  std::string name;
  std::size_t memory_bytes = 0;  // total
};

/// True if the CUDA backend was built along with the library.
bool built_with_cuda();
/// CUDA devices that answer, empty without CUDA, driver or device. No context is made on them.
std::vector<Device> cuda_devices();
/// Empty if `backend` can be used here; else the reason, as a sentence.
std::string why_unavailable(Backend backend);
/// What `automatic` means on this machine; throws DeviceError if `cuda` was asked for by name and is not available.
Backend resolve(Backend backend);
/// Physical memory that a new allocation can expect to get [bytes].
std::size_t available_host_memory();
/// From now on `available_host_memory` counts on no more than `bytes` for the whole process; 0: as much as there is.
void limit_host_memory(std::size_t bytes);

}  // namespace tripartite
