// The CUDA backend of ensembles beside the CPU's, every method, parameters alike or not, rates or spikes. Both are held
// to solutions by other programs in tests/verify; here it is about what only a device can get wrong.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>

#include "support/close.hpp"
#include "tripartite/synapse/spike_sources.hpp"

namespace tripartite::synapse {
namespace {

class CudaEnsemble : public testing::TestWithParam<std::tuple<Solver, bool, int>> {
 protected:
  static constexpr std::size_t synapses = 37;  // a warp and a ragged end

  template <class Real>
  void expect_agreement(double tolerance, bool has_spikes) {
    if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
    const auto [solver, is_varied, calcium_every] = GetParam();
    EnsembleSetup setup;
    setup.synapses = synapses;
    setup.solver = solver;
    setup.calcium_every = calcium_every;
    for (int i = 0; i < state_count; ++i) setup.initial[i] = state_infos[i].initial;
    setup.initial[synapse::ip3] = 0.6;  // soon crosses the threshold
    setup.initial[synapse::calcium] = 0.2;
    if (is_varied) {
      setup.varied = {{index_O_delta, {}}, {index_C_Theta, {}}};
      for (std::size_t i = 0; i < synapses; ++i) {
        setup.varied[0].values.push_back(0.5 + 0.01 * double(i));
        setup.varied[1].values.push_back(0.3 + 0.005 * double(i));
      }
    }
    const PoissonSpikes spikes(Schedule({{0, {8, 0, 0, 0}}}), setup.dt, 5, 0, {});
    Drive drive;
    if (!has_spikes) drive.rate = {8, 3, 2, 0.1};
    const auto host = make_ensemble<Real>(Backend::cpu, setup);
    const auto device = make_ensemble<Real>(Backend::cuda, setup);
    for (auto* ensemble : {host.get(), device.get()}) ensemble->advance(700, drive, has_spikes ? &spikes : nullptr);
    for (int i = 0; i < state_count; ++i) {
      std::vector<Real> expected(synapses), got(synapses);
      host->read(StateIndex(i), 0, expected);
      device->read(StateIndex(i), 0, got);
      EXPECT_TRUE(all_close(got, expected, {.relative = tolerance, .absolute = 1e-3 * tolerance}))
          << state_infos[i].name;
      const std::uint64_t places[] = {0, 5, 6, 36};
      std::vector<Real> few(std::size(places));
      device->gather(StateIndex(i), places, few);
      for (std::size_t k = 0; k < few.size(); ++k) EXPECT_EQ(few[k], got[places[k]]) << state_infos[i].name;
    }
    const auto expected = host->take_releases(), got = device->take_releases();
    ASSERT_GT(expected.size(), 0U);
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i].time, expected[i].time, 1e-5);
  }
};

// Rounding of e^x and of fused products over 700 steps; an adaptive method may also choose another step. Seen: 6e-6 in
// float32, 8e-15 in float64 with fixed and 7e-7 with adaptive steps.
TEST_P(CudaEnsemble, AgreesWithTheCpuUnderARateInFloat32) { expect_agreement<float>(5e-5, false); }
TEST_P(CudaEnsemble, AgreesWithTheCpuUnderSpikesInFloat32) { expect_agreement<float>(5e-5, true); }
TEST_P(CudaEnsemble, AgreesWithTheCpuUnderARateInFloat64) {
  expect_agreement<double>(is_adaptive(std::get<0>(GetParam())) ? 1e-5 : 1e-12, false);
}
TEST_P(CudaEnsemble, AgreesWithTheCpuUnderSpikesInFloat64) {
  expect_agreement<double>(is_adaptive(std::get<0>(GetParam())) ? 1e-5 : 1e-12, true);
}

INSTANTIATE_TEST_SUITE_P(Methods, CudaEnsemble,
                         testing::Combine(testing::Values(Solver::exponential_euler, Solver::euler, Solver::rk4,
                                                          Solver::dormand_prince, Solver::rosenbrock),
                                          testing::Bool(), testing::Values(1)));
INSTANTIATE_TEST_SUITE_P(TwoClocks, CudaEnsemble,
                         testing::Combine(testing::Values(Solver::exponential_euler, Solver::rk4), testing::Bool(),
                                          testing::Values(7)));

}  // namespace
}  // namespace tripartite::synapse
