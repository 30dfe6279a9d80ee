#include "host/synapse/cpu_kernels.hpp"

namespace tripartite::synapse::cpu {

#define TRIPARTITE_DECLARE_KERNELS(isa)              \
  namespace isa {                                    \
  void (*fixed_kernel(float))(TileRun<float>&);      \
  void (*fixed_kernel(double))(TileRun<double>&);    \
  void (*adaptive_kernel(float))(TileRun<float>&);   \
  void (*adaptive_kernel(double))(TileRun<double>&); \
  }
TRIPARTITE_DECLARE_KERNELS(baseline)
#ifdef TRIPARTITE_X86
TRIPARTITE_DECLARE_KERNELS(avx2)
TRIPARTITE_DECLARE_KERNELS(avx512)
#endif
#undef TRIPARTITE_DECLARE_KERNELS

template <class Real>
Kernels<Real> kernels(InstructionSet set) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512) return {avx512::fixed_kernel(Real()), avx512::adaptive_kernel(Real())};
  if (set == InstructionSet::avx2) return {avx2::fixed_kernel(Real()), avx2::adaptive_kernel(Real())};
#endif
  (void)set;
  return {baseline::fixed_kernel(Real()), baseline::adaptive_kernel(Real())};
}

template Kernels<float> kernels<float>(InstructionSet);
template Kernels<double> kernels<double>(InstructionSet);

}  // namespace tripartite::synapse::cpu
