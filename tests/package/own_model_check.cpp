// Holds what examples/own-model recorded in float64 to its equations, typed anew: calcium of a few astrocytes and
// synapses at every frame.
//   own_model_check FOLDER ELEMENTS FRAMES
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "host/io/hdf5_file.hpp"
#include "support/scalar_methods.hpp"
#include "tripartite/backend.hpp"

namespace tripartite {
namespace {

using oracle::Values;

double hill(double x, double half) { return 1 / (1 + half * half / (x * x)); }

/// Gains and losses of I, C, S, R.
oracle::Rates cell_rates(double I, double C, double S, double R, double produced, double degradation) {
  const double J = 0.0004 + 0.08 * R * hill(C, 0.2) * hill(I, 0.3);
  const double entry = 0.025 + 0.2 * hill(I, 1);
  return {{0.04 * hill(C, 0.3) + 4e-4 + produced, J * S + entry, 20 * (0.5 + J) * C, 4 * (1 - hill(C, 0.2))},
          {degradation, J + 1, 20 * J, 4}};
}

const Values rest = {0.0185863, 0.0501381, 60.1652, 0.94087};
constexpr double frame_interval = 0.1, dt = 5e-3;

struct Cell {
  oracle::RightHandSide rates;
  Values initial;
  std::size_t calcium;
  oracle::Watch watch;
};

Cell astrocyte(double place) {
  const double source = 1.5 * place;
  return {[source](double, const Values& y) {
            const double difference = source - y[0];
            const double flow =
                0.05 * 0.5 * (std::tanh((difference - 0.3) / 0.05) + std::tanh((difference + 0.3) / 0.05));
            return cell_rates(y[0], y[1], y[2], y[3], flow, 0.08);
          },
          rest,
          1,
          {1, 0.19669, {}}};
}

/// u, x, Y, Γ_S, Γ_A, I, C, S, R, x_A, G_A.
Cell synapse(double place) {
  const double nu = 0.1 + 19.9 * place, degradation = 0.06 + 0.04 * place;
  return {[=](double, const Values& y) {
            const double U0 = (1 - y[3]) * 0.6, used = y[0] + U0 * (1 - y[0]);
            const auto cell = cell_rates(y[5], y[6], y[7], y[8], 0.05 * y[4], degradation);
            const double unbinding = 0.5 * (1 + 10 * y[6] / (y[6] + 0.5));
            return oracle::Rates{{U0 * nu, 2, 0.005 * 5e5 * used * y[1] * nu, 1.5 * y[10], 0.3 * y[2], cell.gain[0],
                                  cell.gain[1], cell.gain[2], cell.gain[3], 0.6, 0},
                                 {3.33 + U0 * nu, 2 + used * nu, 40, 1.5 * y[10] + 0.5 / 60, 0.3 * y[2] + unbinding,
                                  cell.loss[0], cell.loss[1], cell.loss[2], cell.loss[3], 0.6, 60}};
          },
          {0, 1, 0, 0, 0, rest[0], rest[1], rest[2], rest[3], 1, 0},
          6,
          {6, 0.3, [](Values& y) {
             y[10] += 6.5e-4 * 2e5 * 0.6 * y[9];
             y[9] -= 0.6 * y[9];
           }}};
}

struct Case {
  const char* method;
  oracle::Step step;
  int parts;         // of a step of 5 ms
  double tolerance;  // relative
};
// Fixed methods: the values in the file are float32, rounded by up to 6e-8. The other was asked for 1e-4.
const std::array<Case, 3> cases{{{"rk4", oracle::rk4, 1, 2e-7},
                                 {"exponential_euler", oracle::exponential_euler, 1, 2e-7},
                                 {"dormand_prince", oracle::rk4, 2, 1e-4}}};

/// The largest relative difference from the oracle; not finite if a value is not.
double largest_difference(const std::filesystem::path& file, const Case& each, Cell (*cell)(double),
                          std::size_t elements, std::size_t frames) {
  const io::Hdf5File report = io::Hdf5File::open(file);
  const auto nodes = report.read<std::uint64_t>("/report/calcium/mapping/node_ids").values;
  const auto data = report.read<double>("/report/calcium/data");
  if (nodes.size() != 5 || data.shape != std::vector<std::size_t>{frames + 1, 5})
    throw std::runtime_error(file.string() + ": expected 5 elements and another number of frames");
  double largest = 0;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const Cell own = cell(double(nodes[k]) / double(elements - 1));
    Values y = own.initial;
    for (std::size_t frame = 0; frame <= frames; ++frame) {
      const double expected = y[own.calcium];
      const double difference = std::abs(data.values[frame * 5 + k] - expected) / expected;
      if (!(difference <= largest)) largest = difference;
      y = oracle::run(own.rates, each.step, y, dt, std::lround(frame_interval / dt), each.parts, {}, own.watch).y;
    }
    // Without calcium that rose, nothing was compared but the initial state.
    if (k == 4 && !(y[own.calcium] > 2 * own.initial[own.calcium]))
      throw std::runtime_error("the last element stays at rest: " + std::to_string(y[own.calcium]) + " uM");
  }
  return largest;
}

bool check(const std::filesystem::path& folder, std::size_t elements, std::size_t frames) {
  bool is_right = true;
  for (const Case& each : cases)
    for (const auto& [name, cell] : {std::pair{"astrocytes", &astrocyte}, std::pair{"synapses", &synapse}}) {
      const auto file = folder / (std::string(name) + "_" + each.method + ".h5");
      const double difference = largest_difference(file, each, cell, elements, frames);
      const bool is_close = difference <= each.tolerance;
      std::printf("%s: differs by %.2g, allowed %.2g%s\n", file.filename().c_str(), difference, each.tolerance,
                  is_close ? "" : "  FAILED");
      is_right = is_right && is_close;
    }
  return is_right;
}

}  // namespace
}  // namespace tripartite

int main(int argc, char** argv) {
  if (argc < 4 || argc > 5) return 2;
  try {
    // The fourth argument is the instruction set that the run was to use.
    constexpr int skipped = 77;
    if (argc == 5 && argv[4] != std::string(to_string(tripartite::best_instruction_set()))) {
      std::printf("skipped: this machine has no %s\n", argv[4]);
      return skipped;
    }
    return tripartite::check(argv[1], std::stoul(argv[2]), std::stoul(argv[3])) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "own_model_check: %s\n", error.what());
    return 1;
  }
}
