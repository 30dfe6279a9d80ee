// A model's own slopes are its gains less its losses.
#include "tripartite/model/slopes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/standard_model.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/calcium/gchi.hpp"
#include "tripartite/calcium/li_rinzel.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace tripartite {
namespace {

template <class M>
class Slopes : public testing::Test {};

using Models = testing::Types<Gchi<double>, LiRinzel<double>, Astrocyte<double, Gchi>, Astrocyte<double, LiRinzel>,
                              TripartiteSynapse<double, Gchi>, TripartiteSynapse<double, LiRinzel>>;
TYPED_TEST_SUITE(Slopes, Models);

template <class M>
void stop_pump(M& model) {
  if constexpr (requires { model.cell; }) stop_pump(model.cell);
  if constexpr (requires { model.v; }) model.v = 0;
  if constexpr (requires { model.O_P; }) model.O_P = 0;
}

/// Also where calcium is at 0 or, as a method may leave it, below, and where the pump takes up nothing.
TYPED_TEST(Slopes, AreGainsLessLosses) {
  using M = TypeParam;
  constexpr int n = M::State::count, ports = M::Input::count;
  std::mt19937_64 random{11};
  const auto draw = [&](double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); };
  for (int trial = 0; trial < 400; ++trial) {
    M model = standard_model<M>();
    each_parameter(model, [&](int, double& value) { value *= draw(0.5, 1.5); });
    if (trial % 5 == 0) stop_pump(model);
    if constexpr (HasOptions<M>)
      for (int i = 0; i < M::Option::count; ++i) model.option[i] = trial >> i & 1;
    double y[n], in[ports], gain[n], loss[n], slope[n];
    for (int i = 0; i < n; ++i) y[i] = draw(0.02, 0.98) * (M::state_infos[i].highest > 0 ? 1 : 3);
    for (int p = 0; p < ports; ++p) in[p] = draw(0, 2);
    const bool is_calcium_low = trial % 3 == 0;
    for (int i = 0; i < n; ++i)
      if (std::string_view(M::state_infos[i].name) == "C" && is_calcium_low) y[i] = trial % 2 == 0 ? 0 : -1e-6;
    static_assert(requires { model.slopes(y, in, slope); });
    slopes_of(model, y, in, slope);
    model.rates(y, in, gain, loss);
    for (int i = 0; i < n; ++i) {
      const double size = std::abs(gain[i]) + std::abs(loss[i] * y[i]);
      // Some ten roundings on each side.
      EXPECT_NEAR(slope[i], gain[i] - loss[i] * y[i], 1e-14 * (1 + size))
          << M::state_infos[i].name << " in trial " << trial;
    }
  }
}

}  // namespace
}  // namespace tripartite
