#include "kernels/attention/cuda_engine.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/attention/engine_state.hpp"
#include "host/attention/setup_check.hpp"
#include "kernels/attention/device_engine.hpp"
#include "kernels/cuda_check.hpp"
#include "kernels/device.hpp"
#include "kernels/stream.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/error.hpp"
#include "tripartite/model/registry.hpp"

namespace tripartite::attention {
namespace {

cuda::CalciumRange calcium_range(const EngineSetup& setup) {
  const double uniform = 1 / setup.parameters.tau_calcium;
  cuda::CalciumRange range{uniform, uniform};
  for (const SynapseFactors& factors : setup.factors)
    for (const double tau : factors.tau_calcium) {
      range.is_of_synapses = true;
      range.low = std::min(range.low, 1 / tau);
      range.high = std::max(range.high, 1 / tau);
    }
  return range;
}

/// Contiguous ranges of heads, one per device. Devices work at the same time: all calls but those that return data only
/// enqueue.
template <class Real>
class CudaEngine final : public Engine<Real> {
 public:
  explicit CudaEngine(const EngineSetup& setup)
      : heads_(setup.heads()), has_slots_(setup.maps.front().activation == Activation::slots), owner_(setup) {
    limits_.tokens = setup.tokens;
    limits_.width = setup.width;
    limits_.hidden = setup.hidden;
    const int device_count = tripartite::cuda::device_count();
    const cuda::CalciumRange rates = calcium_range(setup);
    for (int device = 0; device < device_count; ++device) {
      const int first = int((long long)heads_ * device / device_count);
      const int last = int((long long)heads_ * (device + 1) / device_count);
      if (first == last) continue;
      const CurrentDevice current(device);
      devices_.push_back(
          std::make_unique<cuda::DeviceEngine<Real>>(setup, cuda::HeadRange{first, last - first}, rates));
    }
  }

  void load_tokens(int first, int count, const Real* query, const Real* key, const Real* value) override {
    check_tokens(limits_, first, count);
    for (auto& device : devices_) device->load_tokens(first, count, query, key, value);
  }
  void advance(Phase phase, int token, double duration, std::span<const double> observe) override {
    if (phase != Phase::delay) check_tokens(limits_, token, 1);
    for (auto& device : devices_) device->advance(phase, token, duration, observe);
  }
  void store_key(int token) override {
    check_tokens(limits_, token, 1);
    for (auto& device : devices_) device->store_key(token);
  }
  void sample(int token) override {
    check_tokens(limits_, token, 1);
    for (auto& device : devices_) device->sample(token);
  }
  void outputs(int first, int count, Real* context) override {
    check_tokens(limits_, first, count);
    for (auto& device : devices_) device->download_outputs(first, count, context);
  }
  void reset() override {
    for (auto& device : devices_) device->reset();
  }

  void set_probes(std::vector<Probe> probes) override {
    std::vector<std::vector<Probe>> of_device(devices_.size());
    std::vector<Place> places;
    for (const Probe& probe : probes) {
      check_element(probe.field, probe.head, probe.index);
      const std::size_t device = device_of(probe.head);
      places.push_back({device, of_device[device].size()});
      of_device[device].push_back(probe);
    }
    for (std::size_t device = 0; device < devices_.size(); ++device) devices_[device]->set_probes(of_device[device]);
    places_ = std::move(places);
  }

  std::vector<Real> take_frames() override {
    std::vector<std::vector<Real>> of_device;
    for (auto& device : devices_) of_device.push_back(device->take_frames());
    std::vector<std::size_t> probes(devices_.size(), 0);
    for (const Place& place : places_) ++probes[place.device];
    std::size_t frames = 0;
    for (const Place& place : places_) frames = of_device[place.device].size() / probes[place.device];
    std::vector<Real> merged;
    merged.reserve(frames * places_.size());
    for (std::size_t frame = 0; frame < frames; ++frame)
      for (const Place& place : places_)
        merged.push_back(of_device[place.device][frame * probes[place.device] + place.index]);
    return merged;
  }

  std::vector<Real> field(Field field, int head) override {
    if (head < 0 || head >= heads_)
      throw ConfigError("field " + std::string(info(field).name) + ": head " + std::to_string(head) +
                        " does not exist (" + std::to_string(heads_) + " heads)");
    return devices_[device_of(head)]->field(field, head);
  }

  void gather(Field field, int head, std::span<const std::uint64_t> indices, std::span<Real> values) override {
    for (const std::uint64_t index : indices) check_element(field, head, index);
    if (!indices.empty()) devices_[device_of(head)]->gather(field, head, indices, values);
  }
  void set_values(Field field, int head, std::size_t first, std::span<const Real> values) override {
    if (values.empty()) return;
    check_element(field, head, first + values.size() - 1);
    check_settable(field);
    devices_[device_of(head)]->set_values(field, head, first, values);
  }

  void save(std::ostream& out) const override {
    EngineState<Real> state = blank_state();
    for (const auto& device : devices_) device->save(state);
    owner_.write(out, state);
  }
  void load(std::istream& in) override {
    EngineState<Real> state = blank_state();
    owner_.read(in, state);
    for (auto& device : devices_) device->load(state);
  }

 private:
  struct Place {
    std::size_t device;
    std::size_t index;  // among the device's probes
  };

  void check_element(Field field, int head, std::size_t index) const {
    attention::check_element(field, head, index, heads_,
                             cuda::Shape{1, limits_.width, limits_.hidden}.size(info(field).extent));
  }

  /// Of all heads, however they are spread over devices.
  EngineState<Real> blank_state() const {
    EngineState<Real> state(std::size_t(heads_), std::size_t(limits_.width), std::size_t(limits_.hidden),
                            std::size_t(limits_.tokens), has_slots_);
    devices_.front()->make_room(state);
    return state;
  }

  std::size_t device_of(int head) const {
    std::size_t device = 0;
    while (head >= devices_[device]->heads().first + devices_[device]->heads().count) ++device;
    return device;
  }

  int heads_;
  bool has_slots_;
  StateOwner owner_;
  EngineSetup limits_;  // what check_tokens() asks, and the sizes of a head
  std::vector<std::unique_ptr<cuda::DeviceEngine<Real>>> devices_;
  std::vector<Place> places_;  // of the probes, in the caller's order
};

}  // namespace

namespace cuda {

template <class Real>
std::unique_ptr<Engine<Real>> make_engine(const EngineSetup& setup) {
  // A program can add calcium models that this module does not know.
  const auto known = calcium_models();
  if (const std::string& name = setup.parameters.calcium_model;
      setup.parameters.has_calcium_model() &&
      std::none_of(known.begin(), known.end(), [&](const CalciumModel& each) { return each.name == name; }))
    throw ConfigError("astrocyte.model = " + name + ": has no CUDA kernels for attention; expected run.backend = cpu");
  check_setup(setup);
  const bool has_own_speeds = std::any_of(setup.factors.begin(), setup.factors.end(),
                                          [](const SynapseFactors& factors) { return !factors.tau_calcium.empty(); });
  if (has_own_speeds && setup.parameters.has_calcium_model())
    throw ConfigError(
        "synapse.heterogeneity: with this astrocyte.model every process has a speed of its own, which only the CPU "
        "backend has; run.backend = cpu");
  if (setup.width > most_width || setup.heads() > most_heads)
    throw ConfigError("attention engine: " + std::to_string(setup.heads()) + " heads of width " +
                      std::to_string(setup.width) + ": the CUDA backend takes at most " + std::to_string(most_heads) +
                      " heads of width " + std::to_string(most_width));
  return std::make_unique<CudaEngine<Real>>(setup);
}

template std::unique_ptr<Engine<float>> make_engine<float>(const EngineSetup&);
template std::unique_ptr<Engine<double>> make_engine<double>(const EngineSetup&);

}  // namespace cuda
}  // namespace tripartite::attention
