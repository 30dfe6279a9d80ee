#include "host/network/cpu_kernels.hpp"

namespace tripartite::network::cpu {

#define TRIPARTITE_DECLARE_KERNELS(isa)     \
  namespace isa {                           \
  StageKernel<float> stage_kernel(float);   \
  StageKernel<double> stage_kernel(double); \
  }
TRIPARTITE_DECLARE_KERNELS(baseline)
#ifdef TRIPARTITE_X86
TRIPARTITE_DECLARE_KERNELS(avx2)
TRIPARTITE_DECLARE_KERNELS(avx512)
#endif
#undef TRIPARTITE_DECLARE_KERNELS

template <class Real>
StageKernel<Real> stage_kernel(InstructionSet set) {
#ifdef TRIPARTITE_X86
  if (set == InstructionSet::avx512) return avx512::stage_kernel(Real());
  if (set == InstructionSet::avx2) return avx2::stage_kernel(Real());
#endif
  (void)set;
  return baseline::stage_kernel(Real());
}

template StageKernel<float> stage_kernel<float>(InstructionSet);
template StageKernel<double> stage_kernel<double>(InstructionSet);

}  // namespace tripartite::network::cpu
