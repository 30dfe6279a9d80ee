#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "tripartite/network/network.hpp"

namespace tripartite::run {

/// A network that notes what is read from it, so that the same can be read once more without it: what somebody makes of
/// a frame (files, means, extremes) depends on nothing but the answers that he gets.
///   begin_frame(); somebody.frame(); journal.append(end_frame());
/// and, when the run is taken up again,
///   replay(steps, bytes); somebody.frame(); end_replay();
class JournaledNetwork final : public Network {
 public:
  explicit JournaledNetwork(std::unique_ptr<Network> network) : network_(std::move(network)) {}

  /// From here on answers are noted.
  void begin_frame();
  /// Valid until the next frame. Values that float holds exactly take no more than that.
  std::span<const std::byte> end_frame();
  /// From here on answers are those of a frame that was noted after `steps` steps. Throws FileError, also later, if
  /// something else is read than was then.
  void replay(std::int64_t steps, std::span<const std::byte> frame);
  void end_replay();

  /// What `compute` makes of what it reads, noted in place of that: for a few numbers of many values. `count` numbers.
  std::vector<double> condensed(std::size_t count, const std::function<void(std::span<double>)>& compute) const;

  const std::vector<Field>& fields() const override { return network_->fields(); }
  void read(std::size_t field, std::size_t first, std::span<float> values) const override;
  void read(std::size_t field, std::size_t first, std::span<double> values) const override;
  void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<float> values) const override;
  void gather(std::size_t field, std::span<const std::uint64_t> indices, std::span<double> values) const override;
  double mean(std::size_t field) const override;
  std::int64_t steps() const override { return is_replaying_ ? replayed_steps_ : network_->steps(); }

  void write(std::size_t field, std::size_t first, std::span<const float> values) override;
  void write(std::size_t field, std::size_t first, std::span<const double> values) override;
  void advance_steps(std::int64_t steps) override;
  double dt() const override { return network_->dt(); }
  Backend backend() const override { return network_->backend(); }
  Precision precision() const override { return network_->precision(); }
  void set_common(std::size_t population, std::string_view input, const Signal& common) override;
  void set_base(std::size_t population, std::string_view input, std::span<const double> base) override;
  void set_spikes(std::size_t population, std::shared_ptr<const SpikeSource> spikes) override;
  std::vector<Event> take_events() override { return network_->take_events(); }
  void save(std::ostream& out) const override { network_->save(out); }
  void load(std::istream& in) override { network_->load(in); }

 private:
  /// Answers with what `ask` fills in, or with what was noted.
  template <class Real, class Ask>
  void answer(std::span<Real> values, Ask ask) const;
  template <class Real>
  void note(std::span<const Real> values) const;
  template <class Real>
  void repeat(std::span<Real> values) const;

  std::unique_ptr<Network> network_;
  mutable bool is_noting_ = false;
  bool is_replaying_ = false;
  std::int64_t replayed_steps_ = 0;
  // Notes of what was read; the network itself does not change.
  mutable std::vector<std::byte> noted_;
  mutable std::span<const std::byte> left_;
};

}  // namespace tripartite::run
