// Every fast path of every instruction set against the plain loop that it replaces, in float64.
#include "host/attention/cpu_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "host/simd/aligned.hpp"
#include "support/close.hpp"
#include "support/numbers.hpp"

namespace tripartite::attention::cpu {
namespace {

template <class Real>
using Array = AlignedVector<Real>;

int padded(int count) { return (count + 15) / 16 * 16; }

/// Rows of `count` normal numbers, each padded with zeros.
template <class Real>
Array<Real> rows_of(int rows, int count, unsigned seed, double mean = 0) {
  const auto numbers = normal_numbers(std::size_t(rows * count), seed);
  Array<Real> result(std::size_t(rows * padded(count)), Real(0));
  for (int r = 0; r < rows; ++r)
    for (int j = 0; j < count; ++j)
      result[std::size_t(r * padded(count) + j)] = Real(mean + numbers[std::size_t(r * count + j)]);
  return result;
}

class CpuKernels : public testing::TestWithParam<InstructionSet> {
 protected:
  void SetUp() override {
    if (GetParam() > best_instruction_set()) GTEST_SKIP() << "this machine does not support " << to_string(GetParam());
  }

  template <class Real>
  Kernels<Real> table() const {
    return kernels<Real>(GetParam());
  }

  template <class Real>
  void expect_gather(int rows, int stages, int hidden);
  template <class Real>
  void expect_deposit(int rows, int stages, int hidden, bool has_factor);
  template <class Real>
  void expect_project(int inputs, int hidden);
  template <class Real>
  void expect_response(int stages, int hidden, int nodes);
};

/// Sums of `terms` products of numbers of order one.
template <class Real>
Tolerance rounding(int terms) {
  const double unit = std::numeric_limits<Real>::epsilon();
  return {.relative = 4 * unit, .absolute = unit * (4 + 4 * std::sqrt(double(terms)))};
}

template <class Real>
void CpuKernels::expect_gather(int rows, int stages, int hidden) {
  const int stride = padded(hidden);
  const auto weights = rows_of<Real>(rows, hidden, 1), rates = rows_of<Real>(stages, hidden, 2);
  std::vector<std::vector<Real>> sums(std::size_t(rows), std::vector<Real>(std::size_t(stages) + 1, Real(-7)));
  GatherRun<Real> run{};
  run.rows = rows, run.stages = stages, run.stride = stride;
  run.trajectory = rates.data();
  for (int r = 0; r < rows; ++r) {
    run.row[r] = &weights[std::size_t(r * stride)];
    run.sum[r] = sums[std::size_t(r)].data();
  }
  table<Real>().synapses.gather(run);
  for (int r = 0; r < rows; ++r) {
    std::vector<double> expected;
    for (int s = 0; s < stages; ++s) {
      double sum = 0;
      for (int j = 0; j < stride; ++j)
        sum += double(weights[std::size_t(r * stride + j)]) * double(rates[std::size_t(s * stride + j)]);
      expected.push_back(sum);
    }
    expected.push_back(-7);  // nothing is written after the last stage
    EXPECT_TRUE(all_close(sums[std::size_t(r)], expected, rounding<Real>(hidden)))
        << rows << " rows, " << stages << " stages, " << hidden << " hidden, row " << r;
  }
}

TEST_P(CpuKernels, GatherSumsRowsAgainstTheRatesOfEveryStage) {
  for (const int rows : {1, 2, 3, 4})
    for (const int stages : {1, 2, 3, 4, 5, 12, 13})
      for (const int hidden : {1, 15, 16, 17, 33, 130}) {
        expect_gather<float>(rows, stages, hidden);
        expect_gather<double>(rows, stages, hidden);
      }
}

template <class Real>
void CpuKernels::expect_deposit(int rows, int stages, int hidden, bool has_factor) {
  const int stride = padded(hidden);
  const Real loss = Real(0.03);
  const auto rates = rows_of<Real>(std::max(stages, 1), hidden, 1), weighted = rows_of<Real>(rows, 64, 2);
  const auto factor = rows_of<Real>(rows, hidden, 3), before = rows_of<Real>(rows, hidden, 4);
  Array<Real> hebbian = before;
  DepositRun<Real> run{};
  run.rows = rows, run.stages = stages, run.stride = stride;
  run.trajectory = rates.data();
  run.loss = loss;
  for (int r = 0; r < rows; ++r) {
    run.weighted[r] = &weighted[std::size_t(r * 64)];
    run.factor[r] = has_factor ? &factor[std::size_t(r * stride)] : nullptr;
    run.hebbian[r] = &hebbian[std::size_t(r * stride)];
  }
  table<Real>().synapses.deposit(run);
  std::vector<double> expected;
  for (int r = 0; r < rows; ++r)
    for (int j = 0; j < stride; ++j) {
      const std::size_t at = std::size_t(r * stride + j);
      double sum = 0;
      for (int s = 0; s < stages; ++s)
        sum += double(weighted[std::size_t(r * 64 + s)]) * double(rates[std::size_t(s * stride + j)]);
      expected.push_back(double(before[at]) * (1 - double(loss)) + (has_factor ? double(factor[at]) : 1) * sum);
    }
  Tolerance tolerance = rounding<Real>(stages);
  tolerance.absolute *= 4;  // the factor multiplies the rounding of the sum too
  EXPECT_TRUE(all_close(hebbian, expected, tolerance)) << rows << " rows, " << stages << " stages, " << hidden;
}

TEST_P(CpuKernels, DepositAddsOuterProductsToDecayedWeights) {
  for (const int rows : {1, 2, 3, 4})
    for (const int stages : {0, 1, 7, 48})
      for (const int hidden : {1, 16, 17, 79, 130})
        for (const bool has_factor : {false, true}) {
          expect_deposit<float>(rows, stages, hidden, has_factor);
          expect_deposit<double>(rows, stages, hidden, has_factor);
        }
}

template <class Real>
void CpuKernels::expect_project(int inputs, int hidden) {
  const int stride = padded(hidden);
  const auto matrix = rows_of<Real>(inputs, hidden, 1), offset = rows_of<Real>(1, hidden, 2);
  const auto x = rows_of<Real>(1, inputs, 3), dx = rows_of<Real>(1, inputs, 4);
  Array<Real> result(static_cast<std::size_t>(stride)), change(static_cast<std::size_t>(stride));
  table<Real>().neurons.project(
      {inputs, stride, matrix.data(), offset.data(), x.data(), dx.data(), result.data(), change.data()});
  std::vector<double> want_result(offset.begin(), offset.end()), want_change(std::size_t(stride), 0.0);
  for (int i = 0; i < inputs; ++i)
    for (int j = 0; j < stride; ++j) {
      const double weight = matrix[std::size_t(i * stride + j)];
      want_result[std::size_t(j)] += weight * double(x[std::size_t(i)]);
      want_change[std::size_t(j)] += weight * double(dx[std::size_t(i)]);
    }
  EXPECT_TRUE(all_close(result, want_result, rounding<Real>(inputs))) << inputs << " x " << hidden;
  EXPECT_TRUE(all_close(change, want_change, rounding<Real>(inputs))) << inputs << " x " << hidden;
}

TEST_P(CpuKernels, ProjectMultipliesByAMatrixOfColumns) {
  for (const int inputs : {1, 5, 64})
    for (const int hidden : {1, 16, 31, 65, 200}) {
      expect_project<float>(inputs, hidden);
      expect_project<double>(inputs, hidden);
    }
}

TEST_P(CpuKernels, LargestLogitIsTheMaximumOfTheStoredTokens) {
  for (const int count : {1, 2, 15, 16, 17, 40}) {
    const auto z = rows_of<float>(1, 64, 1), delta = rows_of<float>(1, 64, 2);
    float expected = -INFINITY;
    for (int j = 0; j < count; ++j)
      expected = std::max(expected, z[std::size_t(j)] + 0.25f * delta[std::size_t(j)]);  // exact: both round equally
    EXPECT_NEAR(table<float>().neurons.largest_logit(z.data(), delta.data(), 0.25f, count), expected, 1e-6);
  }
}

/// Response of p to a drive as a smooth function of its rate, and its Chebyshev coefficients in
/// ln rate between low and high.
constexpr double low = 8, high = 50;
const double log_center = 0.5 * std::log(low * high), half_width = 0.5 * std::log(high / low);

double response_at(double rate, double time) { return 1 - std::exp(-rate * time) + 0.1; }

std::vector<double> coefficients(double time, int nodes) {
  std::vector<double> result;
  for (int k = 0; k < nodes; ++k) {
    double sum = 0;
    for (int i = 0; i < nodes; ++i) {
      const double angle = M_PI * (i + 0.5) / nodes;
      sum += std::cos(k * angle) * response_at(std::exp(log_center + half_width * std::cos(angle)), time);
    }
    result.push_back((k == 0 ? 1.0 : 2.0) / nodes * sum);
  }
  return result;
}

template <class Real>
void CpuKernels::expect_response(int stages, int hidden, int nodes) {
  const int stride = padded(hidden);
  Array<Real> rate(static_cast<std::size_t>(stride), Real(low));
  for (int j = 0; j < hidden; ++j) rate[std::size_t(j)] = Real(low + (high - low) * (j + 0.5) / hidden);
  const auto before = rows_of<Real>(1, hidden, 1, 5), hebbian = rows_of<Real>(1, hidden, 2);
  const auto rates = rows_of<Real>(stages, hidden, 3);
  Array<Real> calcium = before, series;
  std::vector<Real> time, end, current(static_cast<std::size_t>(stages) + 1, Real(-7));
  for (int s = 0; s < stages; ++s) {
    time.push_back(Real(0.004 * (s + 1)));
    for (const double c : coefficients(0.004 * (s + 1), nodes)) series.push_back(Real(c));
  }
  for (const double c : coefficients(0.1, nodes)) end.push_back(Real(c));
  ResponseRun<Real> run{};
  run.stages = stages, run.stride = stride, run.nodes = nodes;
  run.rate = rate.data();
  run.log_center = Real(log_center), run.inverse_half_width = Real(1 / half_width);
  run.duration = Real(0.1);
  run.response = end.data();
  run.calcium = calcium.data();
  run.hebbian = hebbian.data();
  run.trajectory = rates.data();
  run.stage_time = time.data();
  run.stage_response = series.data();
  run.floor = Real(1e-12);
  run.current = current.data();
  table<Real>().calcium.respond(run);

  std::vector<double> want_current, want_calcium;
  for (int s = 0; s < stages; ++s) {
    double sum = 0;
    for (int j = 0; j < hidden; ++j) {
      const double kappa = rate[std::size_t(j)], t = 0.004 * (s + 1);
      sum += double(hebbian[std::size_t(j)]) * double(rates[std::size_t(s * stride + j)]) /
             (double(before[std::size_t(j)]) * std::exp(-kappa * t) + response_at(kappa, t) + 1e-12);
    }
    want_current.push_back(sum);
  }
  want_current.push_back(-7);
  for (int j = 0; j < stride; ++j) {
    const double kappa = rate[std::size_t(j)];
    want_calcium.push_back(double(before[std::size_t(j)]) * std::exp(-kappa * 0.1) + response_at(kappa, 0.1));
  }
  // The series of 24 terms is exact to 1e-15; the tolerance covers rounding of quotients of order 1 and sums of `nodes`
  // terms.
  EXPECT_TRUE(all_close(calcium, want_calcium, rounding<Real>(4 * nodes))) << hidden;
  EXPECT_TRUE(all_close(current, want_current, rounding<Real>(16 * hidden * nodes))) << stages << " stages, " << hidden;
}

TEST_P(CpuKernels, RespondFollowsIndividualRates) {
  for (const int stages : {1, 7, 8, 9, 20})
    for (const int hidden : {1, 16, 33}) {
      expect_response<float>(stages, hidden, 24);
      expect_response<double>(stages, hidden, 24);
    }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, CpuKernels,
                         testing::Values(InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512),
                         [](const auto& set) { return std::string(to_string(set.param)); });

}  // namespace
}  // namespace tripartite::attention::cpu
