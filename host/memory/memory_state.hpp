#pragma once

#include <cstdint>
#include <iosfwd>
#include <vector>

#include "tripartite/memory/engine.hpp"

namespace tripartite::memory {

/// The complete state of a batch of cues between two steps, in one layout for every backend, without padding.
template <class Real>
struct MemoryState {
  std::vector<Real> neurons;        // x [cues x neurons]
  std::vector<Real> synapses;       // s [cues x neurons x neurons]
  std::vector<Real> processes;      // p [cues x neurons x neurons]
  std::vector<Real> currents;       // sum_j g(s_ij) phi_j [cues x neurons]: what the last step left for the next
  std::vector<double> projections;  // xi^T psi xi [cues x patterns]: likewise
  std::vector<CueStatus> status;    // [cues]
  std::vector<std::uint8_t> started_symmetric;  // s and p [cues]

  explicit MemoryState(const MemorySetup& setup);
};

/// What a state belongs to: stands at the beginning of its stream.
class MemoryStateOwner {
 public:
  explicit MemoryStateOwner(const MemorySetup& setup);

  /// Throws FileError if the stream fails.
  template <class Real>
  void write(std::ostream& out, const MemoryState<Real>& state) const;
  /// Reads into `state`, whose arrays have the sizes that are expected. Throws FileError that names what differs if the
  /// stream belongs to another setup or precision, or is damaged.
  template <class Real>
  void read(std::istream& in, MemoryState<Real>& state) const;

 private:
  template <class Stream>
  void identify(Stream& stream) const;

  std::int32_t neurons_, cues_;
  std::int64_t pattern_count_;
  Parameters parameters_;
  std::uint64_t patterns_, biases_;  // checksums
};

}  // namespace tripartite::memory
