#include "host/memory/cpu_kernels.hpp"

namespace tripartite::memory::cpu {

#define TRIPARTITE_DECLARE_KERNELS(isa)    \
  namespace isa {                          \
  const Kernels<float>& kernels_float();   \
  const Kernels<double>& kernels_double(); \
  }
TRIPARTITE_DECLARE_KERNELS(baseline)
#ifdef TRIPARTITE_X86
TRIPARTITE_DECLARE_KERNELS(avx2)
TRIPARTITE_DECLARE_KERNELS(avx512)
#endif
#undef TRIPARTITE_DECLARE_KERNELS

template <>
const Kernels<float>& kernels<float>(InstructionSet set) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512) return avx512::kernels_float();
  if (set == InstructionSet::avx2) return avx2::kernels_float();
#endif
  (void)set;
  return baseline::kernels_float();
}

template <>
const Kernels<double>& kernels<double>(InstructionSet set) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512) return avx512::kernels_double();
  if (set == InstructionSet::avx2) return avx2::kernels_double();
#endif
  (void)set;
  return baseline::kernels_double();
}

}  // namespace tripartite::memory::cpu
