#include "host/network/cpu_circuit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "host/simd/flush_subnormals.hpp"
#include "tripartite/error.hpp"
#include "tripartite/synapse/release.hpp"

namespace tripartite::network {
namespace {

using synapse::state_count;

constexpr std::size_t tile = 512;
constexpr std::size_t padding = 16;  // the widest register of float32

constexpr std::size_t padded(std::size_t size) { return (size + padding - 1) / padding * padding; }

}  // namespace

std::size_t copies_of_states(const NetworkSetup& setup) {
  if (setup.solver == synapse::Solver::dormand_prince) return 11;  // slopes of all stages, both ends, what is looked at
  if (setup.solver == synapse::Solver::rk4 || setup.calcium_every > 1) return 3;  // states, stage, sums of stages
  return 1;
}

template <class Real>
CpuCircuit<Real>::CpuCircuit(NetworkSetup setup)
    : setup_(std::move(setup)),
      threads_(setup_.threads > 0 ? std::min(setup_.threads, linear_algebra::threads()) : linear_algebra::threads()),
      kernel_(cpu::stage_kernel<Real>(best_instruction_set())),
      p_(synapse::converted<Real>(setup_.parameters)) {
  const std::size_t needed = network_bytes(setup_, sizeof(Real) == 8 ? Precision::float64 : Precision::float32);
  if (needed > available_host_memory())
    throw MemoryError(fmt::format("this network needs {} bytes, {} are available", needed, available_host_memory()));
  add_states();
  connect();
}

template <class Real>
Block CpuCircuit<Real>::add_block(Block block, double initial) {
  block.first = y_.size();
  y_.resize(block.first + padded(block.size), Real(initial));
  blocks_.push_back(block);
  return block;
}

template <class Real>
void CpuCircuit<Real>::add_states() {
  const std::size_t neurons = setup_.initial_rate.size(), bare = setup_.bare.size(), wrapped = setup_.tripartite.size();
  y_.reserve(padded(neurons) + 2 * padded(bare) + std::size_t(state_count) * padded(wrapped) +
             std::size_t(astrocyte::soma_states) * padded(setup_.astrocytes));
  rate_ = add_block({"neuron", "nu", 0, false, 0, neurons}, 0);
  for (std::size_t i = 0; i < neurons; ++i) y_[rate_.first + i] = Real(setup_.initial_rate[i]);
  bare_u_ = add_block({"bare synapse", "u", 1, false, 0, bare}, setup_.initial[synapse::utilisation]);
  bare_x_ = add_block({"bare synapse", "x", 1, false, 0, bare}, setup_.initial[synapse::resources]);
  for (int i = 0; i < state_count; ++i)
    synapse_[std::size_t(i)] =
        add_block({"synapse", synapse::state_infos[i].name, synapse::state_infos[i].highest, true, 0, wrapped},
                  setup_.initial[i]);
  for (int i = 0; i < astrocyte::soma_states; ++i)
    soma_[std::size_t(i)] =
        add_block({"astrocyte", astrocyte::soma_infos[i].name, 0, false, 0, setup_.astrocytes}, setup_.soma_initial[i]);
  if (copies_of_states(setup_) > 1) at_ = y_;
  shown_ = y_.data();
  flow_.assign(padded(wrapped), Real(0));
  if (setup_.calcium_every > 1) receptor_sum_.assign(padded(wrapped), Real(0));
  current_.assign(bare + wrapped, Real(0));
  exchanged_.assign(setup_.astrocytes, Real(0));
  drive_.assign(neurons, 0.0);
  for (const synapse::Varied& varied : setup_.varied) {
    varied_.emplace_back(varied.values.begin(), varied.values.end());
    varied_.back().resize(padded(wrapped), varied_.back().empty() ? Real(0) : varied_.back().back());
  }
}

template <class Real>
void CpuCircuit<Real>::connect() {
  pre_.assign(setup_.tripartite.pre.begin(), setup_.tripartite.pre.end());
  pre_.resize(padded(pre_.size()), 0);
  std::vector<Index> post = setup_.bare.post;
  post.insert(post.end(), setup_.tripartite.post.begin(), setup_.tripartite.post.end());
  onto_neuron_ = SegmentedSum(post, rate_.size);
  if (setup_.options.soma) {
    of_astrocyte_ = SegmentedSum(setup_.astrocyte, setup_.astrocytes);
    astrocyte_.assign(setup_.astrocyte.begin(), setup_.astrocyte.end());
    astrocyte_.resize(padded(astrocyte_.size()), 0);
  }
  junctions_ = Neighbours(setup_.gap_junctions, setup_.astrocytes);
}

template <class Real>
void CpuCircuit<Real>::pass(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool couples, bool is_step_end,
                            const Stimulus& stimulus) {
  const bool is_fast = stage.clock != cpu::Clock::slow, is_slow = stage.clock != cpu::Clock::fast;
  if (couples && is_fast) couple_neurons();
  if (couples && is_slow) couple_astrocytes();
  advance_synapses(stage, dt, slopes, is_step_end);
  if (couples && is_fast) gather_input(stimulus);
  if (is_fast) advance_neurons(stage, dt, slopes);
  if (is_slow) advance_somata(stage, dt, slopes, stimulus.soma_bias);
}

/// What synapses see of neurons in this stage.
template <class Real>
void CpuCircuit<Real>::couple_neurons() {
  const Real* rates = at() + rate_.first;
  seen_rate_.assign(rates, rates + rate_.size);
}

/// What somata and processes see of each other in this stage.
template <class Real>
void CpuCircuit<Real>::couple_astrocytes() {
  const Block& block = soma_[astrocyte::soma_ip3];
  const Real* ip3 = at() + block.first;
  seen_ip3_.assign(ip3, ip3 + block.size);
  if (setup_.options.soma) of_astrocyte_(at() + synapse_[synapse::ip3].first, process_sum_, threads_);
  const Real flux(setup_.junction_flux);
  for (std::size_t a = 0; a < setup_.astrocytes; ++a) {
    Real sum = 0;
    for (std::size_t k = junctions_.begin[a]; k < junctions_.begin[a + 1]; ++k)
      sum -= flux * astrocyte::ip3_flux(setup_.options.flux, seen_ip3_[a] - seen_ip3_[junctions_.neighbour[k]],
                                        p_.I_Theta, p_.omega_I);
    exchanged_[a] = sum;
  }
}

template <class Real>
void CpuCircuit<Real>::advance_synapses(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool is_step_end) {
  cpu::StageRun<Real> run{};
  run.tile.options = setup_.options;
  run.tile.shared = p_;
  for (std::size_t v = 0; v < varied_.size(); ++v) {
    run.tile.varied[setup_.varied[v].parameter] = varied_[v].data();
    run.tile.any_varied = true;
  }
  run.stage = stage;
  run.dt = dt;
  for (std::size_t i = 0; i < synapse_.size(); ++i) {
    run.tile.state[i] = y_.data() + synapse_[i].first;
    run.at[i] = at() + synapse_[i].first;
    run.sum[i] = slopes == nullptr ? nullptr : slopes + synapse_[i].first;
  }
  run.pre = pre_.data();
  run.rate = seen_rate_.data();
  run.astrocyte = setup_.options.soma ? astrocyte_.data() : nullptr;
  run.soma_ip3 = seen_ip3_.data();
  run.flow = flow_.data();
  run.receptor_sum = receptor_sum_.data();
  run.receptor_weight = Real(1) / Real(setup_.calcium_every * setup_.substeps);
  run.is_step_end = is_step_end;
  run.calcium_before = calcium_before_;

  const std::size_t tiles = (flow_.size() + tile - 1) / tile;
  const std::size_t bare_tiles = stage.clock == cpu::Clock::slow ? 0 : (bare_u_.size + tile - 1) / tile;
  workers_.resize(std::size_t(threads_));
  linear_algebra::run_parallel(
      int(tiles + bare_tiles),
      [&](int task, int worker) {
        const auto index = std::size_t(task);
        if (index < tiles)
          advance_tile(run, std::int64_t(index * tile), std::int64_t(std::min((index + 1) * tile, flow_.size())),
                       workers_[std::size_t(worker)]);
        else
          advance_bare(stage, dt, slopes, (index - tiles) * tile);
      },
      threads_);
}

template <class Real>
void CpuCircuit<Real>::advance_tile(cpu::StageRun<Real> run, std::int64_t first, std::int64_t last, Worker& worker) {
  run.tile.first = first;
  run.tile.last = last;
  std::array<synapse::cpu::Crossing, tile> crossings;
  run.tile.crossing = crossings.data();
  run.tile.capacity = tile;
  {
    const simd::FlushSubnormals flush;
    kernel_(run);
  }
  const auto inside = std::min(std::size_t(last), setup_.tripartite.size());
  for (auto s = std::size_t(first); s < inside && run.stage.clock != cpu::Clock::slow; ++s)
    current_[bare_u_.size + s] = Real(setup_.tripartite.efficacy[s]) * flow_[s];
  for (std::int64_t i = 0; i < run.tile.crossings; ++i) {
    const auto synapse = std::size_t(crossings[std::size_t(i)].synapse);
    if (synapse < inside) worker.crossings.push_back(Index(synapse));
  }
  worker.has_fault |= run.tile.fault.synapse >= 0;
}

/// One stage of the state at place i: the same as the kernel's, of numbers.
template <class Real>
void CpuCircuit<Real>::step_state(const cpu::Stage<Real>& stage, Real dt, Real* slopes, std::size_t i, Real gain,
                                  Real loss) {
  Real& at = this->at()[i];
  if (stage.is_exponential) {
    const Real z = loss * dt, share = relaxation(z);
    y_[i] = at = at * (Real(1) - z * share) + gain * dt * share;
    return;
  }
  const Real slope = gain - loss * at;
  const Real total = (stage.is_first ? Real(0) : slopes[i]) + stage.weight * slope;
  if (stage.is_last) {
    y_[i] = at = y_[i] + stage.final * total;
  } else {
    slopes[i] = total;
    at = y_[i] + stage.ahead * slope;
  }
}

template <class Real>
void CpuCircuit<Real>::advance_bare(const cpu::Stage<Real>& stage, Real dt, Real* slopes, std::size_t first) {
  const std::size_t last = std::min(first + tile, bare_u_.size);
  for (std::size_t s = first; s < last; ++s) {
    const Real nu = seen_rate_[setup_.bare.pre[s]];
    const std::size_t u = bare_u_.first + s, x = bare_x_.first + s;
    const auto rates = synapse::release_rates(p_, p_.U_0_star, at()[u], nu);
    current_[s] = Real(setup_.bare.efficacy[s]) * (rates.used * at()[x] * nu);
    step_state(stage, dt, slopes, u, rates.utilisation_gain, rates.utilisation_loss);
    step_state(stage, dt, slopes, x, rates.resources_gain, rates.resources_loss);
  }
}

template <class Real>
void CpuCircuit<Real>::gather_input(const Stimulus& stimulus) {
  onto_neuron_(current_.data(), drive_, threads_);
  const std::size_t stimulated = stimulus.stimulated == 0 ? rate_.size : stimulus.stimulated;
  for (std::size_t i = 0; i < rate_.size; ++i)
    drive_[i] += setup_.input[i] + (i < stimulated ? stimulus.added_input : 0);
}

template <class Real>
void CpuCircuit<Real>::advance_neurons(const cpu::Stage<Real>& stage, Real dt, Real* slopes) {
  const neuron::RateNeuron<Real> neuron{Real(setup_.neuron.tau), Real(setup_.neuron.highest),
                                        Real(setup_.neuron.threshold), Real(setup_.neuron.width)};
  for (std::size_t i = 0; i < rate_.size; ++i)
    step_state(stage, dt, slopes, rate_.first + i, neuron.response(Real(drive_[i])) / neuron.tau, Real(1) / neuron.tau);
}

template <class Real>
void CpuCircuit<Real>::advance_somata(const cpu::Stage<Real>& stage, Real dt, Real* slopes, bool has_bias) {
  for (std::size_t a = 0; a < setup_.astrocytes; ++a) {
    Real y[astrocyte::soma_states], gain[astrocyte::soma_states], loss[astrocyte::soma_states];
    for (std::size_t i = 0; i < std::size(y); ++i) y[i] = at()[soma_[i].first + a];
    Real from_outside = exchanged_[a];
    if (!setup_.soma_bias.empty())
      from_outside -=
          p_.F_ex * astrocyte::ip3_flux(setup_.options.flux,
                                        y[astrocyte::soma_ip3] - (has_bias ? Real(setup_.soma_bias[a]) : Real(0)),
                                        p_.I_Theta, p_.omega_I);
    const std::size_t processes = setup_.options.soma ? of_astrocyte_.members(a) : 0;
    const Real mean = processes > 0 ? Real(process_sum_[a] / double(processes)) : Real(0);
    astrocyte::soma_rates(p_, y, from_outside, mean, processes > 0 ? p_.D_p : Real(0), gain, loss);
    for (std::size_t i = 0; i < std::size(y); ++i) step_state(stage, dt, slopes, soma_[i].first + a, gain[i], loss[i]);
  }
}

template <class Real>
synapse::Parameters<Real> CpuCircuit<Real>::parameters_of(std::size_t synapse) const {
  auto parameters = p_;
  for (std::size_t v = 0; v < varied_.size(); ++v)
    parameters.*synapse::parameter_members<Real>[setup_.varied[v].parameter] = varied_[v][synapse];
  return parameters;
}

template <class Real>
void CpuCircuit<Real>::read(synapse::StateIndex state, std::span<const std::uint64_t> which,
                            std::span<Real> values) const {
  const auto all = synapses(state);
  std::transform(which.begin(), which.end(), values.begin(), [&](std::uint64_t synapse) { return all[synapse]; });
}

template <class Real>
double CpuCircuit<Real>::mean(synapse::StateIndex state) const {
  const auto all = synapses(state);
  return all.empty() ? 0 : std::accumulate(all.begin(), all.end(), 0.0) / double(all.size());
}

template <class Real>
void CpuCircuit<Real>::note_releases(double t) {
  const auto before = std::ptrdiff_t(releases_.size());
  for (Worker& worker : workers_) {
    for (const Index synapse : worker.crossings) releases_.push_back({t, synapse});
    worker.crossings.clear();
  }
  std::sort(releases_.begin() + before, releases_.end(),
            [](const auto& a, const auto& b) { return a.synapse < b.synapse; });
}

template <class Real>
void CpuCircuit<Real>::watch(double t, bool again) const {
  again = again || std::any_of(workers_.begin(), workers_.end(), [](const Worker& worker) { return worker.has_fault; });
  for (const Block& block : blocks_) {
    if (block.is_watched_by_pass && !again) continue;
    const Real* values = y_.data() + block.first;
    const auto highest = Real(block.highest > 0 ? block.highest + 0.01 : 1e30);
    // Domains, with room for the overshoot of a method of fixed order; what is not a number is outside of any.
    const auto is_inside = [&](Real value) { return value >= Real(-0.01) && value <= highest; };
    std::atomic<bool> all_inside = true;
    in_parts(block.size, [&](std::size_t first, std::size_t last) {
      bool inside = true;
      for (std::size_t i = first; i < last; ++i) inside &= is_inside(values[i]);
      if (!inside) all_inside = false;
    });
    if (all_inside) continue;
    const auto* outside = std::find_if_not(values, values + block.size, is_inside);
    throw NumericsError(fmt::format("{} {} at t = {:.6g} s: {} = {} has left its domain", block.owner, outside - values,
                                    t, block.state, *outside));
  }
}

template class CpuCircuit<float>;
template class CpuCircuit<double>;

}  // namespace tripartite::network
