#include "host/run/journaled_network.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

// Before each answer: how its values are stored, and how many they are.
struct Answer {
  std::uint32_t bytes_each = 0, zero = 0;
  std::uint64_t count = 0;
};
static_assert(sizeof(Answer) == 16);

/// NaN counts as what float holds only in the one form that both conversions keep.
bool is_float(double value) {
  return std::bit_cast<std::uint64_t>(double(float(value))) == std::bit_cast<std::uint64_t>(value);
}

void put(std::vector<std::byte>& to, std::span<const std::byte> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

void JournaledNetwork::begin_frame() {
  noted_.clear();
  is_noting_ = true;
}

std::span<const std::byte> JournaledNetwork::end_frame() {
  is_noting_ = false;
  return noted_;
}

void JournaledNetwork::replay(std::int64_t steps, std::span<const std::byte> frame) {
  is_replaying_ = true;
  replayed_steps_ = steps;
  left_ = frame;
}

void JournaledNetwork::end_replay() {
  is_replaying_ = false;
  if (!left_.empty()) throw FileError("the journal of the run holds more in a frame than this run reads");
}

template <class Real>
void JournaledNetwork::note(std::span<const Real> values) const {
  const bool fits = sizeof(Real) == sizeof(float) || std::all_of(values.begin(), values.end(), is_float);
  const Answer answer{fits ? 4u : 8u, 0, values.size()};
  put(noted_, std::as_bytes(std::span(&answer, 1)));
  if (sizeof(Real) == sizeof(float) || !fits) return put(noted_, std::as_bytes(values));
  const std::size_t begin = noted_.size();
  noted_.resize(begin + values.size() * sizeof(float));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = float(values[i]);
    std::memcpy(noted_.data() + begin + i * sizeof value, &value, sizeof value);
  }
}

template <class Real>
void JournaledNetwork::repeat(std::span<Real> values) const {
  Answer answer;
  if (left_.size() >= sizeof answer) std::memcpy(&answer, left_.data(), sizeof answer);
  const bool is_expected = (answer.bytes_each == 4 || answer.bytes_each == sizeof(Real)) &&
                           answer.count == values.size() &&
                           left_.size() - sizeof answer >= answer.count * answer.bytes_each;
  if (!is_expected) throw FileError("the journal of the run does not hold what this run reads in a frame");
  const std::byte* from = left_.data() + sizeof answer;
  if (answer.bytes_each == sizeof(Real)) {
    std::memcpy(values.data(), from, values.size_bytes());
  } else {
    for (std::size_t i = 0; i < values.size(); ++i) {
      float value;
      std::memcpy(&value, from + i * sizeof value, sizeof value);
      values[i] = Real(value);
    }
  }
  left_ = left_.subspan(sizeof answer + answer.count * answer.bytes_each);
}

template <class Real, class Ask>
void JournaledNetwork::answer(std::span<Real> values, Ask ask) const {
  if (is_replaying_) return repeat(values);
  ask();
  if (is_noting_) note(std::span<const Real>(values));
}

void JournaledNetwork::read(std::size_t field, std::size_t first, std::span<float> values) const {
  answer(values, [&] { network_->read(field, first, values); });
}
void JournaledNetwork::read(std::size_t field, std::size_t first, std::span<double> values) const {
  answer(values, [&] { network_->read(field, first, values); });
}
void JournaledNetwork::gather(std::size_t field, std::span<const std::uint64_t> indices,
                              std::span<float> values) const {
  answer(values, [&] { network_->gather(field, indices, values); });
}
void JournaledNetwork::gather(std::size_t field, std::span<const std::uint64_t> indices,
                              std::span<double> values) const {
  answer(values, [&] { network_->gather(field, indices, values); });
}
std::vector<double> JournaledNetwork::condensed(std::size_t count,
                                                const std::function<void(std::span<double>)>& compute) const {
  std::vector<double> values(count);
  answer(std::span(values), [&] {
    const bool was_noting = std::exchange(is_noting_, false);
    compute(values);
    is_noting_ = was_noting;
  });
  return values;
}
double JournaledNetwork::mean(std::size_t field) const {
  double value = 0;
  answer(std::span(&value, 1), [&] { value = network_->mean(field); });
  return value;
}

void JournaledNetwork::write(std::size_t field, std::size_t first, std::span<const float> values) {
  network_->write(field, first, values);
}
void JournaledNetwork::write(std::size_t field, std::size_t first, std::span<const double> values) {
  network_->write(field, first, values);
}
/// What this network was told, the other one has to know.
void JournaledNetwork::advance_steps(std::int64_t steps) {
  network_->stop_when([this] { return should_stop(); });
  network_->advance_steps(steps);
}
void JournaledNetwork::set_common(std::size_t population, std::string_view input, const Signal& common) {
  network_->set_common(population, input, common);
}
void JournaledNetwork::set_base(std::size_t population, std::string_view input, std::span<const double> base) {
  network_->set_base(population, input, base);
}
void JournaledNetwork::set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) {
  network_->set_spikes(population, std::move(spikes));
}

}  // namespace tripartite::run
