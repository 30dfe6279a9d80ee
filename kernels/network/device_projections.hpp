#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "host/network/check.hpp"
#include "kernels/network/device_population.hpp"
#include "kernels/network/sums.hpp"

namespace tripartite::network::cuda {

/// The order of the elements of a population on the device: those of one target of its first sum next to each other,
/// among them those that gather the same slow value. Empty if it is the user's.
std::vector<Index> order_of_elements(const NetworkSetup& setup, std::size_t population);

/// Populations in an order in which sources of outputs come before their targets and, if it can be, who gathers comes
/// before what it gathers from. Throws ConfigError if outputs depend on each other in a circle.
std::vector<std::size_t> order_of_populations(const NetworkSetup& setup, bool gathering);

/// Which launches of a step evaluate a projection, and what they read.
struct Look {
  StageClock clock{};
  std::uint32_t offset = 0;  // of the step from progress->step
  int common_stride = 0, common_at = 0;
};

/// Projections on the device.
template <class Real>
class DeviceProjections {
 public:
  /// Says what is needed; `upload` follows once it is allocated. `order`: of the launches of a pass.
  DeviceProjections(const NetworkSetup& setup, std::vector<DevicePopulation<Real>>& populations,
                    const std::vector<std::size_t>& order, DeviceMemory& memory);
  void upload(cudaStream_t stream);

  using StateOf = std::function<const Real*(std::size_t population, std::size_t state)>;
  using NextStream = std::function<cudaStream_t()>;  // one more that need not wait for the others
  /// Before the populations advance: copies what is gathered but will be overwritten, sums what is known.
  void look_at_states(const Look& look, const StateOf& state, const population::cuda::Progress* progress,
                      const unsigned long long* fault, const NextStream& next);
  /// Completes the inputs of a population that sum outputs.
  void add_outputs(std::size_t target, const Look& look, const population::cuda::Progress* progress,
                   const unsigned long long* fault, const NextStream& next);

  /// Points the ports of a population to what its projections see of `state`.
  void connect(std::size_t population, StageClock clock, const StateOf& state, Elements<Real>& elements) const;
  /// The populations, part by part: those of one part do not wait for each other. Outputs of one part are summed before
  /// the next but one at the earliest, and who gathers comes before what it gathers from, unless that is copied.
  std::vector<std::vector<std::size_t>> parts(const std::vector<std::size_t>& order) const;

  /// The array that an output is written to; null if nobody adds it up.
  Real* output(std::size_t population, std::size_t place) const { return outputs_[population][place].data(); }

 private:
  struct Joint {
    ProjectionKind kind{};
    std::size_t source = 0, target = 0, input = 0;
    SourcePlace from;
    Clock clock = Clock::fast;  // of the input
    bool is_copied = false;     // gather: its source advances before its target
    // In the order of the device, until they are uploaded.
    std::vector<std::uint32_t> host_member, host_begin, host_chunk_begin, host_chunk_group;
    std::vector<Real> host_weight;
    DeviceBuffer<std::uint32_t> member;  // gather: index; sum: members; pair: neighbours
    DeviceBuffer<std::uint32_t> begin, chunk_begin, chunk_group;
    DeviceBuffer<Real> weight, copy;
    DeviceBuffer<double> chunk_sum;
  };

  static bool is_of(const Joint& joint, StageClock clock) {
    return clock == StageClock::one || (joint.clock == Clock::slow) == (clock == StageClock::slow);
  }
  bool takes_part(std::size_t population, StageClock clock) const {
    return clock == StageClock::one ||
           (clock == StageClock::slow ? populations_[population].slow : populations_[population].fast);
  }
  void describe_sum(Joint& joint, const Projection& projection) const;
  void describe_pairs(Joint& joint, const Projection& projection) const;
  SumTerm<Real> term_of(const Joint& joint, const Real* value) const;
  /// Whether a gathered state is read from a copy in passes of this clock.
  bool needs_copy(const Joint& joint, StageClock clock) const {
    return joint.kind == ProjectionKind::gather && joint.is_copied && takes_part(joint.source, clock);
  }
  struct Launch;
  void form(const Launch& launch, const Look& look, const StateOf& state, const population::cuda::Progress* progress,
            const unsigned long long* fault, cudaStream_t stream);

  std::vector<DevicePopulation<Real>>& populations_;
  std::vector<Joint> joints_;
  std::vector<std::vector<DeviceBuffer<Real>>> outputs_;  // [populations][outputs]
  struct Launch {                                         // forms a part of a summed input
    std::size_t target, input;
    std::vector<std::size_t> joints;  // several sums, or one pair
    bool is_first, is_last;
    bool has_outputs;
  };
  std::vector<Launch> launches_;
};

}  // namespace tripartite::network::cuda
