#include "tripartite/integrate/linear_scheme.hpp"

#include <cmath>
#include <vector>

namespace tripartite::integrate {
namespace {

struct Quadrature {
  std::vector<double> node;    // in (0, 1)
  std::vector<double> weight;  // sums to 1
};

/// Gauss-Legendre rule on (0, 1); Newton on the Legendre polynomial from Tricomi's estimate of its roots.
Quadrature gauss_legendre(int points) {
  Quadrature rule{std::vector<double>(points), std::vector<double>(points)};
  for (int i = 0; i < points; ++i) {
    double x = std::cos(M_PI * (i + 0.75) / (points + 0.5));
    double derivative = 0;
    for (int iteration = 0; iteration < 8; ++iteration) {
      double previous = 1, current = x;
      for (int k = 2; k <= points; ++k) {
        const double next = ((2 * k - 1) * x * current - (k - 1) * previous) / k;
        previous = current;
        current = next;
      }
      derivative = points * (x * current - previous) / (x * x - 1);
      x -= current / derivative;
    }
    rule.node[points - 1 - i] = 0.5 * (1 + x);
    rule.weight[points - 1 - i] = 1 / ((1 - x * x) * derivative * derivative);
  }
  return rule;
}

const Quadrature& collocation_rule() {
  static const Quadrature rule = gauss_legendre(max_stages);
  return rule;
}

/// Values at x of the Lagrange polynomials on the collocation nodes.
std::array<double, max_stages> lagrange(double x) {
  const auto& node = collocation_rule().node;
  std::array<double, max_stages> value{};
  for (int r = 0; r < max_stages; ++r) {
    value[r] = 1;
    for (int k = 0; k < max_stages; ++k)
      if (k != r) value[r] *= (x - node[k]) / (node[r] - node[k]);
  }
  return value;
}

constexpr int fine_points = 20;  // exact for the polynomial times nine terms of the exponential's series

const Quadrature& fine_rule() {
  static const Quadrature rule = gauss_legendre(fine_points);
  return rule;
}

using Basis = std::array<std::array<double, max_stages>, fine_points>;

/// Lagrange polynomials at the fine rule's points on (from, from + width).
Basis basis_on(double from, double width) {
  Basis basis;
  for (int q = 0; q < fine_points; ++q) basis[q] = lagrange(from + fine_rule().node[q] * width);
  return basis;
}

/// End of stage s as a fraction of the step; the step's own end after the last.
double stage_end(int s) { return s < max_stages ? collocation_rule().node[s] : 1; }

/// Most steps are short beside 1 / kappa, and one piece is enough: its basis is the same for every kappa.
const Basis& basis_in_one_piece(int s) {
  static const auto all = [] {
    std::array<Basis, max_stages + 1> bases;
    for (int end = 0; end <= max_stages; ++end) bases[end] = basis_on(0, stage_end(end));
    return bases;
  }();
  return all[s];
}

/// length * integral over (0, end) of exp(-kappa length (end - x)) L_r(x) dx for every r; `end` that of stage s.
std::array<double, max_stages> exponential_weights(double kappa, double length, int s) {
  const double end = stage_end(s);
  const int pieces = 1 + int(kappa * length * end / 4);
  const double width = end / pieces;
  std::array<double, max_stages> weight{};
  for (int piece = 0; piece < pieces; ++piece) {
    const Basis& basis = pieces == 1 ? basis_in_one_piece(s) : basis_on(piece * width, width);
    for (int q = 0; q < fine_points; ++q) {
      const double x = (piece + fine_rule().node[q]) * width;
      const double factor = length * width * fine_rule().weight[q] * std::exp(-kappa * length * (end - x));
      for (int r = 0; r < max_stages; ++r) weight[r] += factor * basis[q][r];
    }
  }
  return weight;
}

/// (1 - exp(-kappa length)) / kappa, length for kappa = 0.
double held_weight(double kappa, double length) { return kappa > 0 ? -std::expm1(-kappa * length) / kappa : length; }

}  // namespace

LinearScheme linear_scheme(LinearMethod method, double kappa, double length) {
  LinearScheme scheme;
  scheme.stages = stages_of(method);
  const double z = -kappa * length;
  switch (method) {
    case LinearMethod::exponential_euler:
      scheme.decay = std::exp(z);
      scheme.loss = -std::expm1(z);
      scheme.weight[0] = held_weight(kappa, length);
      scheme.stage_decay[0] = 1;
      break;
    case LinearMethod::euler:
      scheme.decay = 1 + z;
      scheme.loss = -z;
      scheme.weight[0] = length;
      scheme.stage_decay[0] = 1;
      break;
    case LinearMethod::rk4:
      // The classical tableau with k_s = -kappa Y_s + D_s eliminated.
      scheme.loss = -(z + z * z / 2 + z * z * z / 6 + z * z * z * z / 24);
      scheme.decay = 1 - scheme.loss;
      scheme.weight = {length / 6 * (1 + z + z * z / 2 + z * z * z / 4), length / 6 * (2 + z + z * z / 2),
                       length / 6 * (2 + z), length / 6};
      scheme.stage_decay = {1, 1 + z / 2, 1 + z / 2 + z * z / 4, 1 + z + z * z / 2 + z * z * z / 4};
      scheme.stage_weight[1] = {length / 2};
      scheme.stage_weight[2] = {length * z / 4, length / 2};
      scheme.stage_weight[3] = {length * z * z / 4, length * z / 2, length};
      break;
    case LinearMethod::collocation:
      scheme.decay = std::exp(z);
      scheme.loss = -std::expm1(z);
      scheme.weight = exponential_weights(kappa, length, max_stages);
      for (int s = 0; s < max_stages; ++s) {
        const double end = collocation_rule().node[s];
        scheme.stage_decay[s] = std::exp(z * end);
        scheme.stage_weight[s] = exponential_weights(kappa, length, s);
      }
      break;
  }
  return scheme;
}

std::array<double, max_stages> stage_times(LinearMethod method) {
  if (method == LinearMethod::rk4) return {0, 0.5, 0.5, 1};
  std::array<double, max_stages> times{};
  if (method == LinearMethod::collocation)
    for (int s = 0; s < max_stages; ++s) times[s] = collocation_rule().node[s];
  return times;
}

}  // namespace tripartite::integrate
