// The result depends neither on the number of threads nor, up to rounding, on the instruction set.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>
#include <tuple>
#include <vector>

#include "attention/batch.hpp"
#include "support/close.hpp"

namespace tripartite::attention {
namespace {

Parameters brisk(Solver solver, double heterogeneity) {
  Parameters p;
  p.solver = solver;
  p.heterogeneity = heterogeneity;
  p.astrocytes = heterogeneity > 0 ? 5 : 1;
  p.decay_hebbian = p.decay_store = heterogeneity;
  p.settle_time = 0.010;
  p.write_time = 0.012;
  p.read_time = 0.014;
  return p;
}

/// Outputs and all states of all heads, concatenated.
template <class Real>
std::vector<Real> everything(const EngineSetup& setup, const Tokens& tokens, int threads) {
  const auto engine = make_cpu_engine<Real>(setup, threads);
  std::vector<Real> all = attend(*engine, setup, tokens, true);
  for (int head = 0; head < setup.heads(); ++head)
    for (const FieldInfo& info : fields) {
      const auto values = engine->field(info.field, head);
      all.insert(all.end(), values.begin(), values.end());
    }
  return all;
}

class ThreadInvariance : public testing::TestWithParam<std::tuple<Solver, double, Feature>> {
 protected:
  template <class Real>
  void expect_same_bits() {
    const auto [solver, heterogeneity, feature] = GetParam();
    // 21 000 synapses: enough work for five threads, with shares of different sizes.
    const EngineSetup setup = setup_of(feature, 12, 350, 2, brisk(solver, heterogeneity), 5);
    const Tokens tokens = draw_tokens(2, 60, 3);
    const auto alone = everything<Real>(setup, tokens, 1);
    for (const int threads : {2, 3, 5}) EXPECT_EQ(everything<Real>(setup, tokens, threads), alone) << threads;
  }
};

TEST_P(ThreadInvariance, HoldsBitForBitInFloat32) { expect_same_bits<float>(); }
TEST_P(ThreadInvariance, HoldsBitForBitInFloat64) { expect_same_bits<double>(); }

INSTANTIATE_TEST_SUITE_P(Solvers, ThreadInvariance,
                         testing::Combine(testing::Values(Solver::exact, Solver::exponential_euler, Solver::euler,
                                                          Solver::rk4),
                                          testing::Values(0.0, 0.3), testing::Values(Feature::favor, Feature::slots)));

/// Sets an environment variable for the duration of a scope.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    const char* before = ::getenv(name);
    had_ = before != nullptr;
    if (had_) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (had_)
      ::setenv(name_, before_.c_str(), 1);
    else
      ::unsetenv(name_);
  }

 private:
  const char* name_;
  bool had_;
  std::string before_;
};

class InstructionSets : public testing::TestWithParam<std::tuple<InstructionSet, Solver, Feature>> {
 protected:
  template <class Real>
  void expect_within(double rounding) {
    const auto [set, solver, feature] = GetParam();
    const int hidden = feature == Feature::elu1 ? 7 : 45;
    const EngineSetup setup = setup_of(feature, 7, hidden, 3, brisk(solver, 0.3), 2);
    const Tokens tokens = draw_tokens(3, 14, 3);
    const auto result = [&](InstructionSet wanted) {
      const Environment choice("TRIPARTITE_INSTRUCTION_SET", std::string(to_string(wanted)));
      if (best_instruction_set() != wanted) return std::vector<Real>{};
      return everything<Real>(setup, tokens, 1);
    };
    const auto wide = result(set);
    if (wide.empty()) GTEST_SKIP() << "this machine does not support " << to_string(set);
    EXPECT_LT(relative_error(wide, result(InstructionSet::baseline)), rounding);
  }
};

// The baseline has no fused multiply-add and groups sums differently.
TEST_P(InstructionSets, AgreeToRoundingInFloat32) { expect_within<float>(1e-5); }
TEST_P(InstructionSets, AgreeToRoundingInFloat64) { expect_within<double>(1e-13); }

INSTANTIATE_TEST_SUITE_P(
    Wider, InstructionSets,
    testing::Combine(testing::Values(InstructionSet::avx2, InstructionSet::avx512),
                     testing::Values(Solver::exact, Solver::exponential_euler, Solver::euler, Solver::rk4),
                     testing::Values(Feature::favor, Feature::relu, Feature::elu1, Feature::slots)));

}  // namespace
}  // namespace tripartite::attention
