#include "benchmarks/attention/plain_heads.hpp"

#include <cmath>
#include <utility>

namespace tripartite::benchmarks {

PlainHeads::PlainHeads(const attention::EngineSetup& setup, std::vector<float> query, std::vector<float> key,
                       std::vector<float> value)
    : width_(setup.width),
      hidden_(setup.hidden),
      queries_(std::move(query)),
      keys_(std::move(key)),
      values_(std::move(value)) {
  const attention::Parameters& p = setup.parameters;
  floor_ = float(p.calcium_floor);
  filter_ = float(-std::expm1(-p.dt / p.tau_input));
  rate_gain_ = float(-std::expm1(-p.dt / p.tau_hidden));
  output_gain_ = float(-std::expm1(-p.dt / p.tau_output));
  calcium_gain_ = float(-std::expm1(-p.dt / p.tau_calcium));
  hebbian_gain_ = float(p.dt / p.effective_tau_hebbian());
  store_gain_ = float(p.dt / p.effective_tau_store());
  const std::size_t synapses = std::size_t(width_) * std::size_t(hidden_);
  for (const attention::FeatureMap& map : setup.maps) {
    Head head;
    head.omega.assign(map.key.projection.begin(), map.key.projection.end());
    head.logit.resize(std::size_t(hidden_));
    head.rate.resize(std::size_t(hidden_));
    for (auto* neurons : {&head.query, &head.key, &head.value, &head.output}) neurons->resize(std::size_t(width_));
    for (auto* field : {&head.hebbian, &head.store, &head.calcium}) field->resize(synapses);
    heads_.push_back(std::move(head));
  }
}

void PlainHeads::start(Head& head, const float* target, const std::vector<float>& filtered,
                       std::vector<float>& logit_target) {
  logit_target.resize(std::size_t(hidden_));
  for (int j = 0; j < hidden_; ++j) {
    const float* row = &head.omega[std::size_t(j) * width_];
    float at_target = 0, now = 0;
    for (int i = 0; i < width_; ++i) {
      at_target += row[i] * target[i];
      now += row[i] * filtered[i];
    }
    logit_target[j] = at_target;
    head.logit[j] = now;
  }
}

void PlainHeads::move_rates(Head& head, const std::vector<float>& logit_target, const std::vector<float>& filtered) {
  float square = 0;
  for (int i = 0; i < width_; ++i) square += filtered[i] * filtered[i];
  const float shift = -square / (2 * std::sqrt(float(width_))) - std::log(float(hidden_)) / 2;
  float* rate = head.rate.data();
  float* logit = head.logit.data();
#pragma omp simd
  for (int j = 0; j < hidden_; ++j) {
    rate[j] += rate_gain_ * (std::exp(logit[j] + shift) - rate[j]);
    logit[j] += filter_ * (logit_target[j] - logit[j]);
  }
}

float PlainHeads::global_calcium(const Head& head) const {
  float sum = 0;
  const float* rate = head.rate.data();
  for (int i = 0; i < width_; ++i) {
    const float* store = &head.store[std::size_t(i) * hidden_];
#pragma omp simd reduction(+ : sum)
    for (int j = 0; j < hidden_; ++j) sum += store[j] * rate[j];
  }
  return sum / float(width_);
}

void PlainHeads::move_filters(Head& head, int index, int token) {
  const std::size_t first = (std::size_t(token) * heads_.size() + std::size_t(index)) * width_;
  for (int i = 0; i < width_; ++i) {
    head.query[i] += filter_ * (queries_[first + i] - head.query[i]);
    head.key[i] += filter_ * (keys_[first + i] - head.key[i]);
    head.value[i] += filter_ * (values_[first + i] - head.value[i]);
  }
}

void PlainHeads::forward(int token, int steps, bool plastic) {
#pragma omp parallel for schedule(dynamic)
  for (int index = 0; index < int(heads_.size()); ++index) {
    Head& head = heads_[index];
    std::vector<float> logit_target;
    start(head, &keys_[(std::size_t(token) * heads_.size() + index) * width_], head.key, logit_target);
    for (int step = 0; step < steps; ++step) {
      const float global = global_calcium(head);
      const float* rate = head.rate.data();
      for (int i = 0; i < width_; ++i) {
        float* hebbian = &head.hebbian[std::size_t(i) * hidden_];
        float* store = &head.store[std::size_t(i) * hidden_];
        float* calcium = &head.calcium[std::size_t(i) * hidden_];
        const float gain = hebbian_gain_ * head.output[i];
        if (plastic) {
#pragma omp simd
          for (int j = 0; j < hidden_; ++j) {
            hebbian[j] += gain * rate[j];
            store[j] += store_gain_ * rate[j];
            calcium[j] += calcium_gain_ * (global - calcium[j]);
          }
        } else {
#pragma omp simd
          for (int j = 0; j < hidden_; ++j) calcium[j] += calcium_gain_ * (global - calcium[j]);
        }
        head.output[i] += output_gain_ * (head.value[i] - head.output[i]);
      }
      move_rates(head, logit_target, head.key);
      move_filters(head, index, token);
    }
  }
}

void PlainHeads::read(int token, int steps) {
#pragma omp parallel for schedule(dynamic)
  for (int index = 0; index < int(heads_.size()); ++index) {
    Head& head = heads_[index];
    std::vector<float> logit_target;
    start(head, &queries_[(std::size_t(token) * heads_.size() + index) * width_], head.query, logit_target);
    for (int step = 0; step < steps; ++step) {
      const float global = global_calcium(head);
      const float* rate = head.rate.data();
      for (int i = 0; i < width_; ++i) {
        const float* hebbian = &head.hebbian[std::size_t(i) * hidden_];
        float* calcium = &head.calcium[std::size_t(i) * hidden_];
        float current = 0;
#pragma omp simd reduction(+ : current)
        for (int j = 0; j < hidden_; ++j) {
          current += hebbian[j] * rate[j] / (calcium[j] + floor_);
          calcium[j] += calcium_gain_ * (global - calcium[j]);
        }
        head.output[i] += output_gain_ * (current - head.output[i]);
      }
      move_rates(head, logit_target, head.query);
      move_filters(head, index, token);
    }
  }
}

std::vector<float> PlainHeads::field(attention::Field field, int head) const {
  const Head& h = heads_[head];
  switch (field) {
    case attention::Field::key: return h.key;
    case attention::Field::query: return h.query;
    case attention::Field::value: return h.value;
    case attention::Field::hidden: return h.rate;
    case attention::Field::output: return h.output;
    case attention::Field::hebbian: return h.hebbian;
    case attention::Field::store: return h.store;
    case attention::Field::calcium: return h.calcium;
  }
  return {};
}

}  // namespace tripartite::benchmarks
