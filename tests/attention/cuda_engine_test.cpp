#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <ostream>
#include <vector>

#include "attention/network_cases.hpp"
#include "attention/network_oracle.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/backend.hpp"

namespace tripartite::attention {

using tests::NetworkCase;
using tests::NetworkOracle;

void PrintTo(const NetworkCase& network, std::ostream* out) { *out << network.name; }

namespace {

/// Largest difference of a field over all heads, relative to the largest value that the oracle has of it.
template <class Real>
double field_error(Engine<Real>& engine, const NetworkOracle& oracle, Field field, int heads) {
  double largest = 0, error = 0;
  for (int head = 0; head < heads; ++head) {
    const std::vector<Real> got = engine.field(field, head);
    const std::vector<double> want = oracle.field(field, head);
    EXPECT_EQ(got.size(), want.size());
    for (std::size_t n = 0; n < want.size(); ++n) {
      largest = std::max(largest, std::abs(want[n]));
      const double difference = std::abs(double(got[n]) - want[n]);
      if (!(difference <= error)) error = difference;  // keeps NaN
    }
  }
  return largest > 0 ? error / largest : error;
}

template <class Real>
class Twins {
 public:
  explicit Twins(const NetworkCase& network)
      : network_(network),
        setup_(tests::make_setup(network)),
        query_(tests::draw_tokens(network, 0, 0.8)),
        key_(tests::draw_tokens(network, 1, 0.7)),
        value_(tests::draw_tokens(network, 2, 1.0)),
        engine_(make_cuda_engine<Real>(setup_)),
        oracle_(setup_, query_, key_, value_) {
    const auto narrow = [](const std::vector<double>& from) { return std::vector<Real>(from.begin(), from.end()); };
    engine_->load_tokens(0, network.tokens, narrow(query_).data(), narrow(key_).data(), narrow(value_).data());
  }

  /// Runs the protocol of docs/models.md and returns the largest error of any state after any phase.
  double run() {
    double error = 0;
    const Parameters& parameters = network_.parameters;
    const auto advance = [&](Phase phase, int token, double duration) {
      engine_->advance(phase, token, duration);
      oracle_.advance(phase, token, duration);
      error = worst(error);
    };
    const auto write = [&](int token) {
      advance(Phase::settle, token, parameters.settle_time);
      advance(Phase::write, token, parameters.write_time);
      engine_->store_key(token);
      oracle_.store_key(token);
    };
    const auto read = [&](int token) {
      if (network_.delay) advance(Phase::delay, token, parameters.delay_time);
      advance(Phase::read, token, parameters.read_time);
    };
    for (int token = 0; token < network_.tokens; ++token) {
      write(token);
      if (network_.causal) read(token);
    }
    for (int token = 0; token < network_.tokens && !network_.causal; ++token) read(token);
    return error;
  }

 private:
  double worst(double error) {
    for (const FieldInfo& info : fields) {
      const double here = field_error(*engine_, oracle_, info.field, network_.heads);
      if (!(here <= error)) error = here;
    }
    return error;
  }

  NetworkCase network_;
  EngineSetup setup_;
  std::vector<double> query_, key_, value_;
  std::unique_ptr<Engine<Real>> engine_;
  NetworkOracle oracle_;
};

std::vector<NetworkCase> cases() {
  std::vector<NetworkCase> list;
  for (const auto& [solver, label] :
       {std::pair(Solver::exponential_euler, "exponential_euler"), std::pair(Solver::euler, "euler"),
        std::pair(Solver::rk4, "rk4"), std::pair(Solver::exact, "exact")}) {
    const std::string prefix = std::string(label) + "_";
    const Parameters plain = tests::brisk_parameters(solver);
    Parameters rich = plain;
    rich.heterogeneity = 0.3;
    rich.astrocytes = 3;
    rich.decay_hebbian = 4;
    rich.decay_store = 7;
    list.push_back({prefix + "elu1_7", Feature::elu1, 3, 7, 7, 3, false, false, false, plain});
    list.push_back({prefix + "relu_33x31_causal", Feature::relu, 1, 33, 31, 2, true, false, false, plain});
    list.push_back({prefix + "favor_1x1", Feature::favor, 1, 1, 1, 2, false, false, false, plain});
    list.push_back({prefix + "favor_rich_32x33", Feature::favor, 3, 32, 33, 2, true, true, false, rich});
    list.push_back({prefix + "slots_7x33", Feature::slots, 3, 7, 33, 3, true, false, false, plain});
    list.push_back({prefix + "slots_rich_8x31", Feature::slots, 1, 8, 31, 3, false, true, false, rich});
    list.push_back({prefix + "sharp_7x100", Feature::favor_sharp, 1, 7, 100, 2, false, false, false, plain});
    list.push_back({prefix + "balanced_8x31", Feature::favor_balanced, 3, 8, 31, 2, false, false, false, plain});
    list.push_back({prefix + "every_term_7x33", Feature::favor, 3, 7, 33, 2, false, true, true, rich});
  }
  return list;
}

std::string name_of(const testing::TestParamInfo<NetworkCase>& info) { return info.param.name; }

class CudaEngine : public testing::TestWithParam<NetworkCase> {};

TEST_P(CudaEngine, FollowsTheEquationsInFloat64) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  // Both sides round differently in some hundred steps of sums of up to 257 terms.
  EXPECT_LE(Twins<double>(GetParam()).run(), 1e-12);
}

TEST_P(CudaEngine, FollowsTheEquationsInFloat32) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  EXPECT_LE(Twins<float>(GetParam()).run(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Networks, CudaEngine, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tripartite::attention
