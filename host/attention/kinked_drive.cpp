#include "tripartite/attention/kinked_drive.hpp"

#include <cstddef>

namespace tripartite::attention {

template <class Real>
PanelMoments<Real> panel_moments() {
  PanelMoments<Real> rule{};
  // The weights of Gauss quadrature are those of a step that forgets nothing.
  const auto weights = integrate::linear_scheme(integrate::LinearMethod::collocation, 0, 1).weight;
  const auto places = integrate::stage_times(integrate::LinearMethod::collocation);
  for (int s = 0; s < rule.count; ++s) {
    rule.place[s] = Real(places[std::size_t(s)]);
    rule.weight[s] = Real(weights[std::size_t(s)]);
    const double y = 2 * places[std::size_t(s)] - 1;
    double before = 1, now = y;
    rule.at_stage[0][s] = 1;
    rule.at_stage[1][s] = Real(3 * y);
    for (int k = 2; k < rule.count; ++k) {
      const double next = ((2 * k - 1) * y * now - (k - 1) * before) / k;
      before = now;
      now = next;
      rule.at_stage[k][s] = Real((2 * k + 1) * now);
    }
  }
  for (int k = 2; k < rule.count; ++k) {
    rule.rise[k] = Real((2.0 * k - 1) / k);
    rule.fall[k] = Real((k - 1.0) / k);
  }
  return rule;
}

template PanelMoments<float> panel_moments<float>();
template PanelMoments<double> panel_moments<double>();

}  // namespace tripartite::attention
