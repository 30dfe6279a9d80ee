#include "host/network/cpu_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "host/linear_algebra/parallel.hpp"
#include "host/network/cpu_kernels.hpp"
#include "host/network/segmented_sum.hpp"
#include "host/simd/aligned.hpp"
#include "tripartite/error.hpp"
#include "tripartite/synapse/release.hpp"

namespace tripartite::network {
namespace {

using synapse::state_count;
using synapse::StateIndex;

constexpr std::int64_t tile = 512;
constexpr std::size_t padding = 16;  // the widest register of float32

/// One state of some elements: its value, that of the present stage, and the sum over stages.
template <class Real>
struct StagedState {
  AlignedVector<Real> y, at, sum;

  void assign(std::size_t size, Real value, bool has_stages) {
    y.assign(size, value);
    at.assign(size, value);
    if (has_stages) sum.assign(size, Real(0));
  }

  void step(std::size_t i, const cpu::Stage<Real>& stage, Real dt, Real gain, Real loss) {
    if (stage.is_exponential) {
      const Real z = loss * dt, share = relaxation(z);
      y[i] = at[i] = at[i] * (Real(1) - z * share) + gain * dt * share;
      return;
    }
    const Real slope = gain - loss * at[i];
    const Real total = (stage.is_first ? Real(0) : sum[i]) + stage.weight * slope;
    if (stage.is_last) {
      y[i] = at[i] = y[i] + stage.final * total;
    } else {
      sum[i] = total;
      at[i] = y[i] + stage.ahead * slope;
    }
  }
};

template <class Real>
class CpuNetwork final : public Network<Real> {
 public:
  explicit CpuNetwork(NetworkSetup setup)
      : setup_(std::move(setup)),
        neurons_(setup_.initial_rate.size()),
        bare_(setup_.bare.size()),
        tripartite_(setup_.tripartite.size()),
        padded_((tripartite_ + padding - 1) / padding * padding),
        threads_(setup_.threads > 0 ? std::min(setup_.threads, linear_algebra::threads()) : linear_algebra::threads()),
        kernel_(cpu::stage_kernel<Real>(best_instruction_set())),
        p_(synapse::converted<Real>(setup_.parameters)),
        has_stages_(setup_.solver == synapse::Solver::rk4) {
    const std::size_t needed = network_bytes(setup_, sizeof(Real) == 8 ? Precision::float64 : Precision::float32);
    if (needed > available_host_memory())
      throw MemoryError(fmt::format("this network needs {} bytes, {} are available", needed, available_host_memory()));
    allocate();
    connect();
    make_stages();
  }

  void advance(int steps, const Stimulus& stimulus) override {
    for (int step = 0; step < steps; ++step) {
      calcium_before_ = synapse_[synapse::calcium].y;
      for (int part = 0; part < setup_.substeps; ++part)
        for (std::size_t s = 0; s < stages_.size(); ++s) {
          const bool begins = part == 0 && s == 0;
          if (begins || setup_.coupling == Coupling::staged) couple(stimulus);
          advance_synapses(stages_[s], part + 1 == setup_.substeps);
          if (begins || setup_.coupling == Coupling::staged) gather_input(stimulus);
          advance_neurons(stages_[s]);
          advance_somata(stages_[s]);
        }
      ++steps_;
      finish_step();
    }
  }

  std::int64_t steps() const override { return steps_; }
  std::span<const Real> rates() const override { return {rate_.y.data(), neurons_}; }
  std::span<const Real> synapses(StateIndex state) const override { return {synapse_[state].y.data(), tripartite_}; }
  std::span<const Real> bare_utilisation() const override { return {bare_u_.y.data(), bare_}; }
  std::span<const Real> bare_resources() const override { return {bare_x_.y.data(), bare_}; }
  std::span<const Real> somata(astrocyte::SomaState state) const override {
    return {soma_[std::size_t(state)].y.data(), setup_.astrocytes};
  }
  std::span<const Real> junction_currents() const override { return exchanged_; }
  std::vector<synapse::Release> take_releases() override { return std::exchange(releases_, {}); }

 private:
  struct Worker {
    std::vector<synapse::cpu::Crossing> crossings;
    synapse::cpu::Fault fault;
  };

  void allocate() {
    rate_.assign(neurons_, Real(0), has_stages_);
    for (std::size_t i = 0; i < neurons_; ++i) rate_.y[i] = rate_.at[i] = Real(setup_.initial_rate[i]);
    bare_u_.assign(bare_, Real(setup_.initial[synapse::utilisation]), has_stages_);
    bare_x_.assign(bare_, Real(setup_.initial[synapse::resources]), has_stages_);
    for (int i = 0; i < state_count; ++i)
      synapse_[std::size_t(i)].assign(padded_, Real(setup_.initial[i]), has_stages_);
    for (int i = 0; i < astrocyte::soma_states; ++i)
      soma_[std::size_t(i)].assign(setup_.astrocytes, Real(setup_.soma_initial[i]), has_stages_);
    flow_.assign(padded_, Real(0));
    current_.assign(bare_ + tripartite_, Real(0));
    exchanged_.assign(setup_.astrocytes, Real(0));
    drive_.assign(neurons_, 0.0);
    for (const synapse::Varied& varied : setup_.varied) {
      varied_.emplace_back(varied.values.begin(), varied.values.end());
      varied_.back().resize(padded_, varied_.back().empty() ? Real(0) : varied_.back().back());
    }
  }

  void connect() {
    pre_.assign(setup_.tripartite.pre.begin(), setup_.tripartite.pre.end());
    pre_.resize(padded_, 0);
    std::vector<Index> post = setup_.bare.post;
    post.insert(post.end(), setup_.tripartite.post.begin(), setup_.tripartite.post.end());
    onto_neuron_ = SegmentedSum(post, neurons_);
    has_somata_ = setup_.astrocytes > 0;
    if (setup_.options.soma) {
      of_astrocyte_ = SegmentedSum(setup_.astrocyte, setup_.astrocytes);
      astrocyte_.assign(setup_.astrocyte.begin(), setup_.astrocyte.end());
      astrocyte_.resize(padded_, 0);
    }
    junction_begin_.assign(setup_.astrocytes + 1, 0);
    for (const auto& [a, b] : setup_.gap_junctions) {
      ++junction_begin_[a + 1];
      ++junction_begin_[b + 1];
    }
    for (std::size_t a = 0; a < setup_.astrocytes; ++a) junction_begin_[a + 1] += junction_begin_[a];
    neighbour_.resize(2 * setup_.gap_junctions.size());
    std::vector<std::size_t> next(junction_begin_.begin(), junction_begin_.end());
    for (const auto& [a, b] : setup_.gap_junctions) {
      neighbour_[next[a]++] = b;
      neighbour_[next[b]++] = a;
    }
  }

  void make_stages() {
    const Real dt = substep();
    switch (setup_.solver) {
      case synapse::Solver::rk4:
        stages_ = {{false, true, false, Real(1), dt / 2, 0},
                   {false, false, false, Real(2), dt / 2, 0},
                   {false, false, false, Real(2), dt, 0},
                   {false, false, true, Real(1), 0, dt / 6}};
        break;
      case synapse::Solver::euler: stages_ = {{false, true, true, Real(1), 0, dt}}; break;
      default: stages_ = {{true, true, true, 0, 0, 0}};
    }
  }

  Real substep() const { return Real(setup_.dt / setup_.substeps); }

  /// What the parts of the network see of each other in this stage.
  void couple(const Stimulus& stimulus) {
    seen_rate_ = rate_.at;
    if (!has_somata_) return;
    seen_ip3_ = soma_[astrocyte::soma_ip3].at;
    if (setup_.options.soma) of_astrocyte_(synapse_[synapse::ip3].at.data(), process_sum_, threads_);
    const Real flux(setup_.junction_flux);
    for (std::size_t a = 0; a < setup_.astrocytes; ++a) {
      Real sum = 0;
      for (std::size_t k = junction_begin_[a]; k < junction_begin_[a + 1]; ++k)
        sum -= flux * astrocyte::ip3_flux(setup_.options.flux, seen_ip3_[a] - seen_ip3_[neighbour_[k]], p_.I_Theta,
                                          p_.omega_I);
      exchanged_[a] = sum;
    }
    bias_ = stimulus.soma_bias;
  }

  void advance_synapses(const cpu::Stage<Real>& stage, bool is_step_end) {
    const int tiles = int((std::int64_t(padded_) + tile - 1) / tile);
    const int bare_tiles = int((std::int64_t(bare_) + tile - 1) / tile);
    workers_.resize(std::size_t(threads_));
    linear_algebra::run_parallel(
        tiles + bare_tiles,
        [&](int index, int worker) {
          if (index < tiles)
            advance_tile(stage, is_step_end, index * tile, std::min((index + 1) * tile, std::int64_t(padded_)),
                         workers_[std::size_t(worker)]);
          else
            advance_bare(stage, std::size_t(index - tiles) * tile);
        },
        threads_);
  }

  void advance_tile(const cpu::Stage<Real>& stage, bool is_step_end, std::int64_t first, std::int64_t last,
                    Worker& worker) {
    cpu::StageRun<Real> run{};
    run.tile.options = setup_.options;
    run.tile.first = first;
    run.tile.last = last;
    run.tile.shared = p_;
    for (std::size_t v = 0; v < varied_.size(); ++v) {
      run.tile.varied[setup_.varied[v].parameter] = varied_[v].data();
      run.tile.any_varied = true;
    }
    run.stage = stage;
    run.dt = substep();
    for (std::size_t i = 0; i < std::size_t(state_count); ++i) {
      run.tile.state[i] = synapse_[i].y.data();
      run.at[i] = synapse_[i].at.data();
      run.sum[i] = synapse_[i].sum.data();
    }
    run.pre = pre_.data();
    run.rate = seen_rate_.data();
    run.astrocyte = setup_.options.soma ? astrocyte_.data() : nullptr;
    run.soma_ip3 = seen_ip3_.data();
    run.flow = flow_.data();
    run.is_step_end = is_step_end;
    run.calcium_before = calcium_before_.data();
    std::array<synapse::cpu::Crossing, tile> crossings;
    run.tile.crossing = crossings.data();
    run.tile.capacity = tile;
    kernel_(run);
    const auto inside = std::min(last, std::int64_t(tripartite_));
    for (std::int64_t s = first; s < inside; ++s)
      current_[bare_ + std::size_t(s)] = Real(setup_.tripartite.efficacy[std::size_t(s)]) * flow_[std::size_t(s)];
    for (std::int64_t i = 0; i < run.tile.crossings; ++i)
      if (crossings[std::size_t(i)].synapse < inside) worker.crossings.push_back(crossings[std::size_t(i)]);
    if (run.tile.fault.synapse >= 0 && (worker.fault.synapse < 0 || run.tile.fault.synapse < worker.fault.synapse))
      worker.fault = run.tile.fault;
  }

  void advance_bare(const cpu::Stage<Real>& stage, std::size_t first) {
    const std::size_t last = std::min(first + std::size_t(tile), bare_);
    for (std::size_t s = first; s < last; ++s) {
      const Real nu = seen_rate_[setup_.bare.pre[s]];
      const auto rates = synapse::release_rates(p_, p_.U_0_star, bare_u_.at[s], nu);
      current_[s] = Real(setup_.bare.efficacy[s]) * (rates.used * bare_x_.at[s] * nu);
      bare_u_.step(s, stage, substep(), rates.utilisation_gain, rates.utilisation_loss);
      bare_x_.step(s, stage, substep(), rates.resources_gain, rates.resources_loss);
    }
  }

  void gather_input(const Stimulus& stimulus) {
    onto_neuron_(current_.data(), drive_, threads_);
    const std::size_t stimulated = stimulus.stimulated == 0 ? neurons_ : stimulus.stimulated;
    for (std::size_t i = 0; i < neurons_; ++i)
      drive_[i] += setup_.input[i] + (i < stimulated ? stimulus.added_input : 0);
  }

  void advance_neurons(const cpu::Stage<Real>& stage) {
    const neuron::RateNeuron<Real> neuron{Real(setup_.neuron.tau), Real(setup_.neuron.highest),
                                          Real(setup_.neuron.threshold), Real(setup_.neuron.width)};
    for (std::size_t i = 0; i < neurons_; ++i)
      rate_.step(i, stage, substep(), neuron.response(Real(drive_[i])) / neuron.tau, Real(1) / neuron.tau);
  }

  void advance_somata(const cpu::Stage<Real>& stage) {
    for (std::size_t a = 0; a < setup_.astrocytes; ++a) {
      Real y[astrocyte::soma_states], gain[astrocyte::soma_states], loss[astrocyte::soma_states];
      for (std::size_t i = 0; i < std::size(y); ++i) y[i] = soma_[i].at[a];
      Real from_outside = exchanged_[a];
      if (!setup_.soma_bias.empty())
        from_outside -=
            p_.F_ex * astrocyte::ip3_flux(setup_.options.flux,
                                          y[astrocyte::soma_ip3] - (bias_ ? Real(setup_.soma_bias[a]) : Real(0)),
                                          p_.I_Theta, p_.omega_I);
      const std::size_t processes = setup_.options.soma ? of_astrocyte_.members(a) : 0;
      const Real mean = processes > 0 ? Real(process_sum_[a] / double(processes)) : Real(0);
      astrocyte::soma_rates(p_, y, from_outside, mean, processes > 0 ? p_.D_p : Real(0), gain, loss);
      for (std::size_t i = 0; i < std::size(y); ++i) soma_[i].step(a, stage, substep(), gain[i], loss[i]);
    }
  }

  void finish_step() {
    const double time = double(steps_) * setup_.dt;
    const auto before = std::ptrdiff_t(releases_.size());
    synapse::cpu::Fault fault;
    for (Worker& worker : workers_) {
      for (const auto& crossing : worker.crossings) releases_.push_back({time, std::uint64_t(crossing.synapse)});
      worker.crossings.clear();
      if (worker.fault.synapse >= 0 && (fault.synapse < 0 || worker.fault.synapse < fault.synapse))
        fault = worker.fault;
    }
    std::sort(releases_.begin() + before, releases_.end(),
              [](const auto& a, const auto& b) { return a.synapse < b.synapse; });
    const auto fail = [&](const char* what, std::size_t index, const char* state, Real value) {
      throw NumericsError(
          fmt::format("{} {} at t = {:.6g} s: {} = {} has left its domain", what, index, time, state, value));
    };
    if (fault.synapse >= 0)
      fail("synapse", std::size_t(fault.synapse), synapse::state_infos[fault.state].name,
           synapse_[std::size_t(fault.state)].y[std::size_t(fault.synapse)]);
    for (std::size_t i = 0; i < neurons_; ++i)
      if (!(rate_.y[i] >= Real(-1e-3) && rate_.y[i] <= Real(1e30))) fail("neuron", i, "nu", rate_.y[i]);
    for (std::size_t i = 0; i < soma_.size(); ++i)
      for (std::size_t a = 0; a < setup_.astrocytes; ++a)
        if (!(soma_[i].y[a] >= Real(-0.01) && soma_[i].y[a] <= Real(1e30)))
          fail("astrocyte", a, astrocyte::soma_infos[i].name, soma_[i].y[a]);
  }

  NetworkSetup setup_;
  std::size_t neurons_, bare_, tripartite_, padded_;
  int threads_;
  cpu::StageKernel<Real> kernel_;
  synapse::Parameters<Real> p_;
  bool has_stages_, has_somata_ = false, bias_ = true;
  std::vector<cpu::Stage<Real>> stages_;

  StagedState<Real> rate_, bare_u_, bare_x_;
  std::array<StagedState<Real>, state_count> synapse_;
  std::array<StagedState<Real>, astrocyte::soma_states> soma_;
  std::vector<AlignedVector<Real>> varied_;
  AlignedVector<Real> calcium_before_, flow_, seen_rate_, seen_ip3_;
  std::vector<Real> current_, exchanged_;
  std::vector<double> drive_, process_sum_;
  std::vector<Index> pre_, astrocyte_;
  SegmentedSum onto_neuron_, of_astrocyte_;
  std::vector<std::size_t> junction_begin_;
  std::vector<Index> neighbour_;
  std::vector<Worker> workers_;
  std::vector<synapse::Release> releases_;
  std::int64_t steps_ = 0;
};

}  // namespace

template <class Real>
std::unique_ptr<Network<Real>> make_cpu_network(NetworkSetup setup) {
  return std::make_unique<CpuNetwork<Real>>(std::move(setup));
}

template std::unique_ptr<Network<float>> make_cpu_network(NetworkSetup);
template std::unique_ptr<Network<double>> make_cpu_network(NetworkSetup);

}  // namespace tripartite::network
