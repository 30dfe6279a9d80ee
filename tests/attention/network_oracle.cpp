#include "attention/network_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "tripartite/attention/phase_plan.hpp"

namespace tripartite::tests {

using attention::Activation;
using attention::FeatureSide;
using attention::Field;
using attention::Phase;
using attention::Solver;

NetworkOracle::NetworkOracle(const attention::EngineSetup& setup, std::vector<double> query, std::vector<double> key,
                             std::vector<double> value, Kinks kinks)
    : setup_(setup), kinks_(kinks), query_(std::move(query)), key_(std::move(key)), value_(std::move(value)) {
  std::size_t size = 0;
  for (const auto& info : attention::fields) {
    at_.push_back(size);
    size += info.extent == attention::Extent::width    ? std::size_t(setup.width)
            : info.extent == attention::Extent::hidden ? std::size_t(setup.hidden)
                                                       : std::size_t(setup.width) * setup.hidden;
  }
  at_.push_back(size);
  const std::size_t synapses = std::size_t(setup.width) * setup.hidden;
  heads_.assign(setup.maps.size(), State(size + (has_cells() ? 3 * synapses : 0), 0.0));
  for (std::size_t head = 0; has_cells() && head < heads_.size(); ++head) {
    for (std::size_t n = 0; n < 3 * synapses; ++n) heads_[head][size + n] = setup.processes[head].initial[n % 3];
    read_cells(heads_[head], int(head));
  }
  double low = 1 / setup.parameters.tau_calcium, high = low;
  for (const auto& factors : setup.factors)
    for (const double tau : factors.tau_calcium) low = std::min(low, 1 / tau), high = std::max(high, 1 / tau);
  calcium_rates_ = attention::calcium_nodes(low, high, attention::response_accuracy<double>);
  stored_keys_.assign(setup.maps.size(), std::vector<double>(std::size_t(setup.hidden) * setup.width, 0.0));
}

std::vector<double> NetworkOracle::field(Field field, int head) const {
  const State& y = heads_[head];
  return {y.begin() + at_[std::size_t(field)], y.begin() + at_[std::size_t(field) + 1]};
}

int NetworkOracle::astrocyte_of(int row) const { return row * setup_.parameters.astrocytes / setup_.width; }

double NetworkOracle::token_value(const std::vector<double>& tokens, const Input& input, int channel) const {
  if (input.phase == Phase::delay) return 0;
  return tokens[(std::size_t(input.token) * heads_.size() + input.head) * setup_.width + channel];
}

std::vector<double> NetworkOracle::hidden_drive(const State& y, const Input& input) const {
  const int d = setup_.width, m = setup_.hidden;
  const bool reading = input.phase == Phase::read;
  const double* x = y.data() + at_[std::size_t(reading ? Field::query : Field::key)];
  std::vector<double> drive(m, 0.0);
  const auto& map = setup_.maps[input.head];
  if (map.activation == Activation::slots) {
    if (!reading) {
      if (input.phase != Phase::delay) drive[input.token] = 1;
      return drive;
    }
    double largest = -HUGE_VAL;
    for (int j = 0; j < stored_; ++j) {
      for (int c = 0; c < d; ++c) drive[j] += stored_keys_[input.head][std::size_t(j) * d + c] * x[c];
      drive[j] /= std::sqrt(double(d));
      largest = std::max(largest, drive[j]);
    }
    for (int j = 0; j < stored_; ++j) drive[j] = std::exp(drive[j] - largest);
    return drive;
  }
  const FeatureSide& side = reading ? map.query : map.key;
  double s = side.constant;
  if (!side.linear.empty())
    for (int c = 0; c < d; ++c) s += side.linear[c] * x[c];
  for (int r = 0; r < d; ++r) {
    double component = side.norm_offset.empty() ? 0 : side.norm_offset[r];
    if (!side.norm.empty())
      for (int c = 0; c < d; ++c) component += side.norm[std::size_t(r) * d + c] * x[c];
    s -= component * component / 2;
  }
  for (int j = 0; j < m; ++j) {
    double z = side.offset.empty() ? 0 : side.offset[j];
    for (int c = 0; c < d; ++c) z += side.projection[std::size_t(j) * d + c] * x[c];
    switch (map.activation) {
      case Activation::exponential: drive[j] = std::exp(z + s); break;
      case Activation::relu: drive[j] = z > 0 ? z : 0; break;
      case Activation::elu1: drive[j] = z > 0 ? z + 1 : std::exp(z); break;
      case Activation::slots: break;
    }
  }
  return drive;
}

void NetworkOracle::rates(std::vector<double>& kappa, const Input& input) const {
  const auto& parameters = setup_.parameters;
  const auto fill = [&](Field field, double value) {
    std::fill(kappa.begin() + at_[std::size_t(field)], kappa.begin() + at_[std::size_t(field) + 1], value);
  };
  for (const Field field : {Field::key, Field::query, Field::value}) fill(field, 1 / parameters.tau_input);
  fill(Field::hidden, 1 / parameters.tau_hidden);
  fill(Field::output, 1 / parameters.tau_output);
  fill(Field::hebbian, parameters.decay_hebbian);
  fill(Field::store, parameters.decay_store);
  fill(Field::calcium, 1 / parameters.tau_calcium);
  if (setup_.factors.empty() || setup_.factors[input.head].tau_calcium.empty()) return;
  const auto& tau = setup_.factors[input.head].tau_calcium;
  for (std::size_t synapse = 0; synapse < tau.size(); ++synapse)
    kappa[at_[std::size_t(Field::calcium)] + synapse] = 1 / tau[synapse];
}

void NetworkOracle::cell_rates(const double* cell, double produced, double factor, double* gain, double* loss) const {
  const double I = cell[0], C = cell[1], h = cell[2];
  if (setup_.parameters.calcium_model == "li_rinzel") {
    const double flow = 6 * std::pow(I / (I + 0.13) * C / (C + 0.08234) * h, 3) + 0.11;
    const double q = 1.049 * (I + 0.13) / (I + 0.9434);
    gain[0] = 0.16 / 7.142 + produced, loss[0] = 1 / 7.142;
    gain[1] = flow * 2, loss[1] = flow * 1.185 + 0.9 * C / (C * C + 0.01);
    gain[2] = 0.2 * q, loss[2] = 0.2 * (q + C);
  } else {
    const double flow = 6 * std::pow(I / (I + 0.13) * C / (C + 0.08) * h, 3) + 0.1;
    const double q = 1.05 * (I + 0.13) / (I + 0.9434);
    gain[0] = produced + 0.6 / (1 + I / 1.5) * C * C / (C * C + 0.01);
    loss[0] = 4.5 * std::pow(C, 4) / (std::pow(C, 4) + std::pow(0.7, 4)) / (I + 1) + 0.05;
    gain[1] = flow * 2, loss[1] = flow * 1.18 + 0.9 * C / (C * C + 0.0025);
    gain[2] = 0.2 * q, loss[2] = 0.2 * (q + C);
  }
  for (int i = 0; i < 3; ++i) gain[i] *= factor, loss[i] *= factor;
}

void NetworkOracle::read_cells(State& y, int head) const {
  if (!has_cells()) return;
  const auto& scale = setup_.processes[head];
  for (std::size_t n = 0; n < std::size_t(setup_.width) * setup_.hidden; ++n)
    y[at_[std::size_t(Field::calcium)] + n] =
        std::max(scale.gain * (y[at_.back() + 3 * n + 1] - scale.rest), scale.least);
}

void NetworkOracle::drives(const State& y, const Input& input, std::vector<double>& drive,
                           std::vector<double>& kappa) const {
  const auto& parameters = setup_.parameters;
  const int d = setup_.width, m = setup_.hidden;
  const double r = input.phase == Phase::read ? 1 : 0;
  const double eta = input.phase == Phase::write ? 1 : 0;
  const auto at = [&](Field field) { return at_[std::size_t(field)]; };
  const double* h = y.data() + at(Field::hidden);
  const double* l = y.data() + at(Field::output);
  const double* H = y.data() + at(Field::hebbian);
  const double* g = y.data() + at(Field::store);
  const double* p = y.data() + at(Field::calcium);
  for (int c = 0; c < d; ++c) {
    drive[at(Field::key) + c] = token_value(key_, input, c) / parameters.tau_input;
    drive[at(Field::query) + c] = token_value(query_, input, c) / parameters.tau_input;
    drive[at(Field::value) + c] = token_value(value_, input, c) / parameters.tau_input;
  }
  const std::vector<double> phi = hidden_drive(y, input);
  for (int j = 0; j < m; ++j) drive[at(Field::hidden) + j] = phi[j] / parameters.tau_hidden;

  std::vector<double> global(parameters.astrocytes, 0.0), rows(parameters.astrocytes, 0.0);
  for (int i = 0; i < d; ++i) {
    rows[astrocyte_of(i)] += 1;
    for (int j = 0; j < m; ++j) global[astrocyte_of(i)] += g[std::size_t(i) * m + j] * h[j];
  }
  for (int a = 0; a < parameters.astrocytes; ++a) global[a] /= rows[a];

  const bool has_factors = !setup_.factors.empty() && !setup_.factors[input.head].hebbian.empty();
  for (int i = 0; i < d; ++i) {
    double current = 0;
    for (int j = 0; j < m; ++j) {
      const std::size_t synapse = std::size_t(i) * m + j;
      current += H[synapse] * h[j] / (p[synapse] + parameters.calcium_floor);
      const double a = has_factors ? setup_.factors[input.head].hebbian[synapse] : 1;
      const double b = has_factors ? setup_.factors[input.head].store[synapse] : 1;
      const double tau_p = has_factors ? setup_.factors[input.head].tau_calcium[synapse] : parameters.tau_calcium;
      drive[at(Field::hebbian) + synapse] = eta * a * l[i] * h[j] / parameters.effective_tau_hebbian();
      drive[at(Field::store) + synapse] = eta * b * h[j] / parameters.effective_tau_store();
      drive[at(Field::calcium) + synapse] = global[astrocyte_of(i)] / tau_p;
      if (!has_cells()) continue;
      const std::size_t cell = at_.back() + 3 * synapse;
      cell_rates(&y[cell], setup_.processes[input.head].production * global[astrocyte_of(i)],
                 parameters.calcium_speed * parameters.tau_calcium / tau_p, &drive[cell], &kappa[cell]);
    }
    const double v = y[at(Field::value) + i];
    drive[at(Field::output) + i] = ((1 - r) * v + (r > 0 ? current : 0)) / parameters.tau_output;
  }
}

void NetworkOracle::step(State& y, const Input& input, double dt) const {
  const std::size_t size = y.size();
  std::vector<double> kappa(size), drive(size);
  rates(kappa, input);
  const auto slope = [&](const State& at, std::vector<double>& k) {
    drives(at, input, drive, kappa);
    for (std::size_t n = 0; n < size; ++n) k[n] = drive[n] - kappa[n] * at[n];
  };
  if (setup_.parameters.solver == Solver::exponential_euler) {
    drives(y, input, drive, kappa);
    for (std::size_t n = 0; n < size; ++n) {
      const double gain = kappa[n] > 0 ? (1 - std::exp(-kappa[n] * dt)) / kappa[n] : dt;
      y[n] = std::exp(-kappa[n] * dt) * y[n] + gain * drive[n];
    }
    read_cells(y, input.head);
    return;
  }
  std::vector<double> k1(size), k2(size), k3(size), k4(size);
  slope(y, k1);
  if (setup_.parameters.solver == Solver::euler) {
    for (std::size_t n = 0; n < size; ++n) y[n] += dt * k1[n];
    read_cells(y, input.head);
    return;
  }
  State moved(size);
  for (std::size_t n = 0; n < size; ++n) moved[n] = y[n] + dt / 2 * k1[n];
  read_cells(moved, input.head);
  slope(moved, k2);
  for (std::size_t n = 0; n < size; ++n) moved[n] = y[n] + dt / 2 * k2[n];
  read_cells(moved, input.head);
  slope(moved, k3);
  for (std::size_t n = 0; n < size; ++n) moved[n] = y[n] + dt * k3[n];
  read_cells(moved, input.head);
  slope(moved, k4);
  for (std::size_t n = 0; n < size; ++n) y[n] += dt / 6 * (k1[n] + 2 * k2[n] + 2 * k3[n] + k4[n]);
  read_cells(y, input.head);
}

void NetworkOracle::collocate(State& y, const Input& input, double duration, double since_change) {
  std::vector<double> kappa(y.size());
  rates(kappa, input);
  const attention::PhasePlan plan =
      attention::plan_phase(setup_.parameters, input.phase, duration, since_change, {}, calcium_rates_);
  for (const double length : plan.lengths) {
    if (kinks_ == Kinks::projected) {
      collocate_panel(y, input, length, kappa);
      continue;
    }
    std::set<double> cuts{length};
    for (const std::vector<double>& of_neuron : kinks(y, input, length))
      cuts.insert(of_neuron.begin(), of_neuron.end());
    double begin = 0;
    for (const double end : cuts) {
      collocate_panel(y, input, end - begin, kappa);
      begin = end;
    }
    schemes_.clear();  // no two pieces have the same length
  }
}

void NetworkOracle::collocate_panel(State& y, const Input& input, double length, const std::vector<double>& kappa) {
  // The cascade has four links (inputs, h, l g, H p, and in reading l after p): each pass makes one more of them right.
  constexpr int passes = 6;
  const std::size_t size = y.size();
  std::vector<const integrate::LinearScheme*> schemes(size);
  for (std::size_t n = 0; n < size; ++n) {
    auto& scheme = schemes_[{kappa[n], length}];
    if (scheme == nullptr)
      scheme = std::make_unique<integrate::LinearScheme>(
          integrate::linear_scheme(integrate::LinearMethod::collocation, kappa[n], length));
    schemes[n] = scheme.get();
  }
  const int stages = schemes.front()->stages;
  std::vector<State> at_stage(stages, y);
  std::vector<std::vector<double>> drive(stages, std::vector<double>(size));
  const std::vector<std::vector<double>> phi = hidden_drives(y, input, length);
  for (int pass = 0; pass < passes; ++pass) {
    std::vector<double> ignored = kappa;
    for (int s = 0; s < stages; ++s) {
      drives(at_stage[s], input, drive[s], ignored);
      for (int j = 0; j < setup_.hidden; ++j)
        drive[s][at_[std::size_t(Field::hidden)] + j] = phi[s][j] / setup_.parameters.tau_hidden;
    }
    for (int s = 0; s < stages; ++s)
      for (std::size_t n = 0; n < size; ++n) {
        at_stage[s][n] = schemes[n]->stage_decay[s] * y[n];
        for (int r = 0; r < stages; ++r) at_stage[s][n] += schemes[n]->stage_weight[s][r] * drive[r][n];
      }
  }
  for (std::size_t n = 0; n < size; ++n) {
    y[n] *= schemes[n]->decay;
    for (int s = 0; s < stages; ++s) y[n] += schemes[n]->weight[s] * drive[s][n];
  }
}

auto NetworkOracle::with_inputs_after(const State& y, const Input& input, double time) const -> State {
  State later = y;
  const double left = std::exp(-time / setup_.parameters.tau_input);
  for (int c = 0; c < setup_.width; ++c)
    for (const auto& [field, tokens] :
         {std::pair(Field::key, &key_), {Field::query, &query_}, {Field::value, &value_}}) {
      double& x = later[at_[std::size_t(field)] + c];
      const double target = token_value(*tokens, input, c);
      x = target + (x - target) * left;
    }
  return later;
}

void NetworkOracle::find_changes(const State& y, const Input& input, double begin, double end,
                                 std::vector<double>& changes) const {
  const auto largest_at = [&](double time) {
    const auto phi = hidden_drive(with_inputs_after(y, input, time), input);
    return std::max_element(phi.begin(), phi.end()) - phi.begin();
  };
  // The largest of straight lines is convex: a line that is the largest at two places is so in between.
  if (largest_at(begin) == largest_at(end)) return;
  const double middle = (begin + end) / 2;
  if (!(middle > begin && middle < end) || end - begin < 1e-18) {
    changes.push_back(end);
    return;
  }
  find_changes(y, input, begin, middle, changes);
  find_changes(y, input, middle, end, changes);
}

std::vector<std::vector<double>> NetworkOracle::kinks(const State& y, const Input& input, double length) const {
  const Activation activation = setup_.maps[input.head].activation;
  std::vector<std::vector<double>> found(setup_.hidden);
  // Whether neuron j drives itself by the lower branch of its feature map, relu and elu1.
  const auto is_below = [&](double time, int j) {
    const double phi = hidden_drive(with_inputs_after(y, input, time), input)[j];
    return activation == Activation::relu ? phi <= 0 : phi < 1;
  };
  if (activation == Activation::slots && input.phase == Phase::read && stored_ > 0) {
    std::vector<double> changes;
    find_changes(y, input, 0, length, changes);
    std::erase_if(changes, [&](double time) { return !(time > 0 && time < length); });
    found.assign(setup_.hidden, changes);
  }
  if (activation != Activation::relu && activation != Activation::elu1) return found;
  for (int j = 0; j < setup_.hidden; ++j) {
    double low = 0, high = length;
    const bool begins_below = is_below(low, j);
    if (is_below(high, j) == begins_below) continue;  // the argument is monotonic
    for (int halving = 0; halving < 60; ++halving) {
      const double middle = (low + high) / 2;
      (is_below(middle, j) == begins_below ? low : high) = middle;
    }
    if (low > 0 && high < length) found[j].push_back(high);
  }
  return found;
}

std::vector<std::vector<double>> NetworkOracle::hidden_drives(const State& y, const Input& input, double length) {
  const auto rule = integrate::linear_scheme(integrate::LinearMethod::collocation, 0, 1);
  const auto place = integrate::stage_times(integrate::LinearMethod::collocation);
  const int stages = rule.stages;
  std::vector<std::vector<double>> drive;
  for (int s = 0; s < stages; ++s) drive.push_back(hidden_drive(with_inputs_after(y, input, place[s] * length), input));
  if (kinks_ == Kinks::cut) return drive;
  const std::vector<std::vector<double>> bends = kinks(y, input, length);
  for (int j = 0; j < setup_.hidden; ++j) {
    if (bends[j].empty()) continue;
    std::vector<double> borders{0};
    borders.insert(borders.end(), bends[j].begin(), bends[j].end());
    borders.push_back(length);
    for (int s = 0; s < stages; ++s) drive[s][j] = 0;
    for (std::size_t piece = 0; piece + 1 < borders.size(); ++piece)
      for (int q = 0; q < stages; ++q) {
        const double width = borders[piece + 1] - borders[piece], time = borders[piece] + width * place[q];
        const double phi = hidden_drive(with_inputs_after(y, input, time), input)[j];
        for (int s = 0; s < stages; ++s) {
          // A Lagrange polynomial of the nodes over its own weight: the moment it stands for is the value at its node.
          double polynomial = 1;
          for (int r = 0; r < stages; ++r)
            if (r != s) polynomial *= (time / length - place[r]) / (place[s] - place[r]);
          drive[s][j] += width / length * rule.weight[q] * phi * polynomial / rule.weight[s];
        }
      }
  }
  return drive;
}

void NetworkOracle::advance(Phase phase, int token, double duration) {
  const bool reading = phase == Phase::read;
  const int held = phase == Phase::delay ? -1 : token;
  if (held != held_token_ || reading != held_reading_) held_time_ = 0;
  held_token_ = held, held_reading_ = reading;
  for (int head = 0; head < int(heads_.size()); ++head) {
    const Input input{head, phase, token};
    if (setup_.parameters.solver == Solver::exact) {
      collocate(heads_[head], input, duration, held_time_);
      continue;
    }
    const long steps = std::lround(duration / setup_.parameters.dt);
    for (long n = 0; n < steps; ++n) step(heads_[head], input, setup_.parameters.dt);
  }
  held_time_ += duration;
}

void NetworkOracle::store_key(int token) {
  if (setup_.maps.front().activation != Activation::slots) return;
  for (std::size_t head = 0; head < heads_.size(); ++head)
    std::copy_n(heads_[head].begin() + at_[std::size_t(Field::key)], setup_.width,
                stored_keys_[head].begin() + std::size_t(token) * setup_.width);
  stored_ = std::max(stored_, token + 1);
}

}  // namespace tripartite::tests
