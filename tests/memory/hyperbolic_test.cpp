// The vectorised tanh of every instruction set that this machine supports, against the C library in long double.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "host/memory/aligned_buffer.hpp"
#include "host/memory/cpu_kernels.hpp"

namespace tripartite::memory {
namespace {

/// Largest error in ulps of the result, for arguments from +-10^-8 to +-50.
template <class Real>
double largest_error(InstructionSet set) {
  constexpr int count = 1 << 18;
  AlignedBuffer<Real> z(count), tangent(count);
  for (int i = 0; i < count; ++i) {
    const double size = std::pow(10.0, -8 + 9.7 * i / count);
    z.data()[i] = Real(i % 2 == 0 ? size : -size);
  }
  cpu::kernels<Real>(set).activate(z.data(), Real(1), count, tangent.data());
  double worst = 0;
  for (int i = 0; i < count; ++i) {
    const long double want = std::tanh((long double)z.data()[i]);
    const Real nearest = std::abs(Real(want));
    const double unit = double(nearest) - double(std::nextafter(nearest, Real(0)));
    worst = std::max(worst, double(std::abs((long double)tangent.data()[i] - want)) / unit);
  }
  return worst;
}

std::vector<InstructionSet> available_sets() {
  std::vector<InstructionSet> sets;
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (set <= best_instruction_set()) sets.push_back(set);
  return sets;
}

TEST(HyperbolicTangent, IsWithinThreeUlps) {
  for (const auto set : available_sets()) {
    const double single = largest_error<float>(set), twofold = largest_error<double>(set);
    EXPECT_LT(single, 3.0) << to_string(set);
    EXPECT_LT(twofold, 3.0) << to_string(set);
    // docs/memory.md states these; scripts/check-docs reads them.
    RecordProperty(fmt::format("ulps_float32_{}", to_string(set)), fmt::format("{:.4f}", single));
    RecordProperty(fmt::format("ulps_float64_{}", to_string(set)), fmt::format("{:.4f}", twofold));
  }
}

TEST(HyperbolicTangent, PreservesZeroInfinityAndNaN) {
  for (const auto set : available_sets()) {
    AlignedBuffer<double> z(16), tangent(16);
    for (int i = 0; i < 16; ++i) z.data()[i] = 0;
    z.data()[1] = INFINITY, z.data()[2] = -INFINITY, z.data()[3] = NAN, z.data()[4] = -1e300;
    cpu::kernels<double>(set).activate(z.data(), 1, 16, tangent.data());
    EXPECT_EQ(tangent.data()[0], 0);
    EXPECT_EQ(tangent.data()[1], 1);
    EXPECT_EQ(tangent.data()[2], -1);
    EXPECT_TRUE(std::isnan(tangent.data()[3]));
    EXPECT_EQ(tangent.data()[4], -1);
  }
}

}  // namespace
}  // namespace tripartite::memory
