#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "host/io/npy.hpp"
#include "host/io/text_file.hpp"
#include "host/verify/verify.hpp"
#include "tripartite/error.hpp"
#include "tripartite/memory/engine.hpp"

namespace tripartite::verify {
namespace {

using memory::Field;
using memory::Solver;

/// The published parameters with what meta.json changes. An unknown name is an error: it would be compared in vain.
memory::Parameters parameters_of(const nlohmann::json& meta, const std::string& path) {
  const int neurons = meta.at("N").get<int>();
  memory::Parameters p = memory::regime_parameters(memory::Regime::warm, neurons);
  p.gain_neuron = p.gain_synapse = p.gain_process = meta.at("beta").get<double>();
  p.settled_rate = 0;
  const std::map<std::string, double*> names{{"lam", &p.decay_neuron},    {"alpha", &p.decay_synapse},
                                             {"gamma", &p.decay_process}, {"tau_n", &p.tau_neuron},
                                             {"tau_s", &p.tau_synapse},   {"tau_p", &p.tau_process}};
  if (meta.contains("changed_from_default"))
    for (const auto& [name, value] : meta.at("changed_from_default").items()) {
      if (!names.contains(name))
        throw FileError(fmt::format("{}: unknown parameter {} in changed_from_default", path, name));
      *names.at(name) = value.get<double>();
    }
  return p;
}

template <class Real>
std::vector<Real> narrowed(const std::vector<double>& values, std::size_t first, std::size_t count) {
  return {values.begin() + std::ptrdiff_t(first), values.begin() + std::ptrdiff_t(first + count)};
}

template <class Real>
void append(std::vector<double>& to, const std::vector<Real>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

class Case {
 public:
  Case(const std::filesystem::path& directory, Precision precision, Backend backend)
      : directory_(directory), backend_(backend), is_double_(precision == Precision::float64) {
    const std::string path = (directory / "meta.json").string();
    try {
      meta_ = nlohmann::json::parse(io::read_file(directory / "meta.json"));
      setup_.parameters = parameters_of(meta_, path);
      neurons_ = meta_.at("N").get<std::size_t>();
      constexpr std::size_t most = 1 << 13;
      if (neurons_ < 1 || neurons_ > most)
        throw FileError(fmt::format("{}: N = {}: expected 1 to {}", path, neurons_, most));
    } catch (const nlohmann::json::exception& e) {
      throw FileError(path + ": " + e.what());
    }
    const auto signs = array("patterns");
    for (const double sign : signs)
      if (sign != 1 && sign != -1)
        throw FileError(fmt::format("{}: {}: expected -1 or 1", (directory_ / "patterns.npy").string(), sign));
    setup_.patterns = memory::Patterns::from_signs(int(neurons_), std::int64_t(signs.size() / neurons_),
                                                   std::vector<std::int8_t>(signs.begin(), signs.end()));
  }

  /// Every state at every sample of a solution with tight tolerances.
  template <class Real>
  std::vector<VerifyRow> trajectory() {
    setup_.biases = {array("b"), array("c"), array("d")};
    setup_.parameters.solver = Solver::rk4;
    const auto state = array("state"), times = array("t");
    const std::size_t pairs = neurons_ * neurons_, row = neurons_ + 2 * pairs;
    require_size("state", state, times.size() * row);
    constexpr double longest = 3600;  // [s]; whoever made the case decides how long it takes
    for (std::size_t i = 0; i < times.size(); ++i)
      if (!(times[i] >= (i == 0 ? 0 : times[i - 1]) && times[i] <= longest))
        throw FileError(fmt::format("{}: element {} = {}: expected rising times from 0 to {} s",
                                    (directory_ / "t.npy").string(), i, times[i], longest));
    if (times.size() < 2 || !(times[1] > longest * 1e-6))
      throw FileError(fmt::format("{}: expected two or more times, the second not before {} s",
                                  (directory_ / "t.npy").string(), longest * 1e-6));
    setup_.parameters.dt = times[1] / (is_double_ ? 128 : 32);
    const auto engine = memory::make_memory_engine<Real>(backend_, setup_);
    engine->start(narrowed<Real>(state, 0, neurons_), narrowed<Real>(state, neurons_, pairs),
                  narrowed<Real>(state, neurons_ + pairs, pairs));
    std::map<Field, std::vector<double>> computed, expected;
    std::vector<double> energy;
    for (std::size_t sample = 0; sample < times.size(); ++sample) {
      engine->advance(std::int64_t(1) << 40, times[sample]);
      energy.push_back(engine->energy().at(0));
      std::size_t first = sample * row;
      for (const auto& info : memory::fields) {
        const std::size_t size = info.is_pair ? pairs : neurons_;
        append(computed[info.field], engine->rows(info.field, 0, 0, info.is_pair ? int(neurons_) : 1));
        append(expected[info.field], narrowed<double>(state, first, size));
        first += size;
      }
    }
    // float64: 1e-9 is fifty times the agreement of the reference's own two methods. float32: rounding of 2^-24 times
    // the largest growth of a difference along these trajectories, some 50; the energy adds 2 N^2 such terms.
    const double tolerance = is_double_ ? 1e-9 : 1e-4;
    std::vector<VerifyRow> rows;
    rows.reserve(std::size(memory::fields) + 1);
    for (const auto& info : memory::fields)
      rows.push_back(
          compare(name(), "rk4", std::string(info.name), computed[info.field], expected[info.field], tolerance));
    rows.push_back(compare(name(), "rk4", "energy", energy, array("energy"), tolerance));
    return rows;
  }

  /// Recalls by forward Euler from the warm start, several cues at once.
  template <class Real>
  std::vector<VerifyRow> recall() {
    const auto cues = array("x0");
    const int steps = meta_.at("steps").get<int>();
    constexpr int most_steps = 1'000'000;
    if (steps < 0 || steps > most_steps)
      throw FileError(
          fmt::format("{}: steps = {}: expected 0 to {}", (directory_ / "meta.json").string(), steps, most_steps));
    const std::size_t count = cues.size() / neurons_, patterns = std::size_t(setup_.patterns.count());
    setup_.cues = int(count);
    setup_.parameters.dt = meta_.at("dt").get<double>();
    const auto engine = memory::make_memory_engine<Real>(backend_, setup_);
    engine->start(std::vector<Real>(cues.begin(), cues.end()), memory::Regime::warm);
    constexpr int stride = 5, block = 16;
    if (neurons_ < block)
      throw FileError(fmt::format("{}: N = {}: expected at least {} with x0.npy", (directory_ / "meta.json").string(),
                                  neurons_, block));
    const std::size_t frames = std::size_t(steps / stride) + 1;
    const auto all_energies = array("energy"), all_overlaps = array("overlaps");
    require_size("energy", all_energies, count * std::size_t(steps + 1));
    require_size("overlaps", all_overlaps, count * frames * patterns);
    std::vector<double> overlaps(count * frames * patterns), energy(count * frames), expected_energy(count * frames);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      if (frame > 0) engine->advance(stride, 1e300);
      const auto overlap = engine->overlaps(), energies = engine->energy();
      for (std::size_t cue = 0; cue < count; ++cue) {
        std::copy_n(overlap.begin() + std::ptrdiff_t(cue * patterns), patterns,
                    overlaps.begin() + std::ptrdiff_t((cue * frames + frame) * patterns));
        energy[cue * frames + frame] = energies[cue];
        expected_energy[cue * frames + frame] = all_energies[cue * std::size_t(steps + 1) + frame * stride];
      }
    }
    std::vector<double> neurons, corners;
    for (int cue = 0; cue < int(count); ++cue) {
      append(neurons, engine->rows(Field::neuron, cue, 0, 1));
      for (const Field field : {Field::synapse, Field::process}) {
        const auto rows = engine->rows(field, cue, 0, block);
        for (int i = 0; i < block; ++i)
          append(corners, narrowed<Real>({rows.begin(), rows.end()}, std::size_t(i) * neurons_, block));
      }
    }
    // float64: the same steps in another order of summation. float32: while signs flip, a rounding of 2^-24 shifts the
    // moment of the flip; that is seen in the energy (1.1e-4) and the overlaps (6e-5) of those moments.
    const double tolerance = is_double_ ? 1e-11 : 1e-3;
    return {compare(name(), "euler", "overlaps", overlaps, all_overlaps, tolerance),
            compare(name(), "euler", "energy", energy, expected_energy, tolerance),
            compare(name(), "euler", "neuron", neurons, array("x_final"), tolerance),
            compare(name(), "euler", "synapse and process", corners, array("sp_block"), tolerance)};
  }

  template <class Real>
  std::vector<VerifyRow> rows() {
    return std::filesystem::exists(directory_ / "state.npy") ? trajectory<Real>() : recall<Real>();
  }

 private:
  std::vector<double> array(const std::string& what) const { return io::read_npy(directory_ / (what + ".npy")).values; }
  void require_size(const std::string& what, const std::vector<double>& values, std::size_t size) const {
    if (values.size() != size)
      throw FileError(fmt::format("{}: {} values, expected {} by meta.json", (directory_ / (what + ".npy")).string(),
                                  values.size(), size));
  }
  std::string name() const { return directory_.filename().string(); }

  std::filesystem::path directory_;
  Backend backend_;
  bool is_double_;
  std::size_t neurons_ = 0;
  nlohmann::json meta_;
  memory::MemorySetup setup_;
};

}  // namespace

std::vector<VerifyRow> verify_memory_case(const std::filesystem::path& directory, Precision precision,
                                          Backend backend) {
  Case reference(directory, precision, backend);
  return precision == Precision::float64 ? reference.rows<double>() : reference.rows<float>();
}

}  // namespace tripartite::verify
