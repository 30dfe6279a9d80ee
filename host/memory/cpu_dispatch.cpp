#include "host/memory/cpu_kernels.hpp"
#include "host/simd/dispatch.hpp"

namespace tripartite::memory::cpu {

TRIPARTITE_FOR_EACH_INSTRUCTION_SET(const Kernels<float>& kernels_float(); const Kernels<double>& kernels_double();)

template <>
const Kernels<float>& kernels<float>(InstructionSet set) {
  return TRIPARTITE_CALL_FOR(set, kernels_float());
}

template <>
const Kernels<double>& kernels<double>(InstructionSet set) {
  return TRIPARTITE_CALL_FOR(set, kernels_double());
}

}  // namespace tripartite::memory::cpu
