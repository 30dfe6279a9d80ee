#include "kernels/network/cuda_network_base.hpp"

#include <algorithm>

#include "host/network/check.hpp"
#include "host/network/faults.hpp"
#include "host/network/fingerprint.hpp"
#include "kernels/launch.hpp"
#include "kernels/network/fetch.hpp"

namespace tripartite::network::cuda {
namespace {

/// At least `size` values, kept for the next time.
template <class T>
void grow(DeviceBuffer<T>& buffer, std::size_t size) {
  if (buffer.size() < size) buffer = DeviceBuffer<T>(size);
}

}  // namespace

template <class Real>
CudaNetworkBase<Real>::CudaNetworkBase(NetworkSetup setup)
    : setup_(std::move(setup)), fingerprint_(fingerprint(setup_)) {
  populations_.resize(setup_.populations.size());
  int place = 0;
  for (std::size_t p = 0; p < populations_.size(); ++p) {
    populations_[p].first_place = place;
    place += int(setup_.populations[p].initial.size());
  }
}

template <class Real>
void CudaNetworkBase<Real>::prepare_populations(std::size_t course_steps) {
  for (std::size_t p = 0; p < populations_.size(); ++p)
    prepare(populations_[p], setup_, setup_.populations[p], course_steps, memory_);
}

template <class Real>
void CudaNetworkBase<Real>::allocate() {
  memory_.allocate();
  for (std::size_t p = 0; p < populations_.size(); ++p) upload(populations_[p], setup_, setup_.populations[p], stream_);
  setup_.projections.clear();
  add_fields();
}

template <class Real>
void CudaNetworkBase<Real>::add_fields() {
  for (std::size_t p = 0; p < populations_.size(); ++p) {
    const Population& population = populations_[p];
    const auto add = [&](const auto& info, bool is_state, const DeviceBuffer<Real>& values) {
      fields_.push_back({population.name, info.name, info.symbol, info.unit, info.meaning, population.size, is_state});
      places_.push_back({p, &values});
    };
    for (std::size_t s = 0; s < population.state.size(); ++s)
      add(population.description().states[s], true, population.state[s]);
    for (std::size_t i = 0; i < population.inputs.size(); ++i)
      if (population.inputs[i].is_summed) add(population.description().inputs[i], false, population.inputs[i].value);
  }
}

template <class Real>
void CudaNetworkBase<Real>::read_from(const Population& population, const DeviceBuffer<Real>& buffer, std::size_t first,
                                      std::span<Real> values) const {
  if (population.place.size() == 0) return buffer.download(values, first, stream_);
  for (std::size_t done = 0; done < values.size(); done += most_scratch) {
    const std::size_t now = std::min(most_scratch, values.size() - done);
    grow(scratch_, now);
    launch_read(buffer.data(), population.place.data(), first + done, now, scratch_.data(), stream_);
    scratch_.download(values.subspan(done, now), 0, stream_);
  }
}

template <class Real>
std::vector<Real> CudaNetworkBase<Real>::read_all(const Population& population,
                                                  const DeviceBuffer<Real>& buffer) const {
  std::vector<Real> values(population.size);
  read_from(population, buffer, 0, values);
  return values;
}

template <class Real>
template <class Value>
void CudaNetworkBase<Real>::write_to(const Population& population, DeviceBuffer<Value>& buffer, std::size_t first,
                                     std::span<const Value> values) {
  if (population.place.size() == 0) return buffer.upload(values, first, stream_);
  DeviceBuffer<Value>* scratch = nullptr;
  if constexpr (std::is_same_v<Value, Real>)
    scratch = &scratch_;
  else
    scratch = &double_scratch_;
  for (std::size_t done = 0; done < values.size(); done += most_scratch) {
    const std::size_t now = std::min(most_scratch, values.size() - done);
    grow(*scratch, now);
    scratch->upload(values.subspan(done, now), 0, stream_);
    launch_write(scratch->data(), population.place.data(), first + done, now, buffer.data(), stream_);
  }
}

template <class Real>
void CudaNetworkBase<Real>::read_values(std::size_t field, std::size_t first, std::span<Real> values) const {
  const Place& place = places_.at(field);
  read_from(populations_[place.population], *place.values, first, values);
}

template <class Real>
void CudaNetworkBase<Real>::gather_values(std::size_t field, std::span<const std::uint64_t> indices,
                                          std::span<Real> values) const {
  const Place& place = places_.at(field);
  for (std::size_t done = 0; done < indices.size(); done += most_scratch) {
    const std::size_t now = std::min(most_scratch, indices.size() - done);
    grow(scratch_, now);
    grow(which_, now);
    which_.upload(indices.subspan(done, now), 0, stream_);
    launch_gather(place.values->data(), populations_[place.population].place.data(), which_.data(), now,
                  scratch_.data(), stream_);
    scratch_.download(values.subspan(done, now), 0, stream_);
  }
}

template <class Real>
void CudaNetworkBase<Real>::write_values(std::size_t field, std::size_t first, std::span<const Real> values) {
  const Place& place = places_.at(field);
  for (DeviceBuffer<Real>& state : populations_[place.population].state)
    if (&state == place.values) write_to(populations_[place.population], state, first, values);
}

template <class Real>
double CudaNetworkBase<Real>::mean(std::size_t field) const {
  const Place& place = places_.at(field);
  const std::size_t count = fields_[field].size;
  if (count == 0) return 0;
  block_sums_.resize(blocks_for(count, unsigned(block_values)));
  grow(block_sum_, block_sums_.size());
  launch_block_sums(place.values->data(), count, block_sum_.data(), stream_);
  block_sum_.download(block_sums_, 0, stream_);
  double sum = 0;
  for (const double part : block_sums_) sum += part;
  return sum / double(count);
}

template <class Real>
DeviceInput<Real>& CudaNetworkBase<Real>::input_of(std::size_t population, std::string_view input) {
  Population& own = populations_.at(population);
  return own.inputs[std::size_t(input_place(own.description(), input))];
}

template <class Real>
void CudaNetworkBase<Real>::set_common(std::size_t population, std::string_view input, const Signal& common) {
  input_of(population, input).common = common;
}

template <class Real>
void CudaNetworkBase<Real>::write_all(const Population& population, DeviceBuffer<Real>& buffer,
                                      const std::vector<Real>& values) {
  write_to<Real>(population, buffer, 0, values);
}

template <class Real>
void CudaNetworkBase<Real>::write_base(const Population& population, DeviceInput<Real>& input) {
  if (input.is_summed) return write_to<double>(population, input.summed_base, 0, input.base);
  write_to<Real>(population, input.value, 0, std::vector<Real>(input.base.begin(), input.base.end()));
}

template <class Real>
void CudaNetworkBase<Real>::set_base(std::size_t population, std::string_view input, std::span<const double> base) {
  DeviceInput<Real>& current = input_of(population, input);
  const Population& own = populations_[population];
  check_base(own.name, input, own.size, base.size(), current.base.size());
  if (std::equal(base.begin(), base.end(), current.base.begin())) return;
  current.base.assign(base.begin(), base.end());
  write_base(own, current);
}

template <class Real>
void CudaNetworkBase<Real>::set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) {
  Population& own = populations_.at(population);
  check_spikes(own.name, own.description(), spikes.get(), setup_.dt);
  own.spikes = std::move(spikes);
}

template <class Real>
void CudaNetworkBase<Real>::throw_fault(unsigned long long key, double time) const {
  using namespace population::cuda;
  const int place = fault_place(key);
  const Population* own = nullptr;
  for (const Population& population : populations_)
    if (place >= population.first_place && place < population.first_place + population.states()) own = &population;
  const auto state = std::size_t(place - own->first_place);
  const std::string_view name = own->description().states[state].name;
  Real value = 0;
  read_from(*own, own->state[state], fault_element(key), {&value, 1});
  if (fault_is_stuck(key)) throw_stuck(own->name, fault_element(key), time, name, value);
  throw_left_domain(own->name, fault_element(key), time, name, value);
}

template class CudaNetworkBase<float>;
template class CudaNetworkBase<double>;

}  // namespace tripartite::network::cuda
