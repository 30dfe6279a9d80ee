#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "tripartite/model/loops.hpp"

/// What drivers hand to the compiled kernels of a model. All arrays are in device memory.
namespace tripartite::population::cuda {

/// Steps of a launch of a window by a fixed method, and steps between two looks of the host in a network: the events of
/// an element fit into the bits of one word.
inline constexpr int most_window_steps = 64;
inline constexpr int most_network_steps = 32;

inline constexpr unsigned long long no_fault = ~0ULL;

/// A state that left its domain, as a number that is smaller for what is reported first: by step, then place of the
/// state among those of all populations, then element. `is_stuck`: an adaptive step became too small.
constexpr unsigned long long fault_key(std::uint32_t step, int place, std::size_t element, bool is_stuck) {
  return (unsigned long long)(step) << 56 | (unsigned long long)(place) << 33 | (unsigned long long)(element) << 1 |
         (is_stuck ? 1U : 0U);
}
constexpr std::uint32_t fault_step(unsigned long long key) { return std::uint32_t(key >> 56); }
constexpr int fault_place(unsigned long long key) { return int(key >> 33 & 0x7f'ffff); }
constexpr std::size_t fault_element(unsigned long long key) { return std::size_t(key >> 1 & 0xffff'ffff); }
constexpr bool fault_is_stuck(unsigned long long key) { return (key & 1) != 0; }

/// The events of one element in a window. Fixed steps: bit k of `steps` is one at the end of step k, and `time` is
/// unused; adaptive: one record per event.
struct EventRecord {
  double time;  // [s] since the window began
  std::uint64_t steps;
  std::uint64_t element;
};

/// Many steps of elements that nothing else acts on in between.
template <class Real>
struct WindowRun {
  Elements<Real> elements;  // common signals: at ends and middles of substeps, or null
  Window<Real> window;
  std::size_t size = 0;              // elements
  const Arrival* arrival = nullptr;  // sorted by element, then step
  std::size_t arrivals = 0;
  EventRecord* record = nullptr;  // out, in no order
  std::size_t capacity = 0;
  unsigned long long* records = nullptr;  // out: how many there were
  unsigned long long* fault = nullptr;    // out: the smallest fault_key
  int first_place = 0;                    // of the states of the population, in fault keys
  bool watches = true;                    // whether states are in their domains at the end
};

/// What changes from one launch of a recorded sequence to the next; in device memory.
struct Progress {
  std::uint32_t step;  // since the host looked: the first of those that follow
};

/// A step, or one stage of a step, of a population in a network.
template <class Real>
struct StageRun {
  Elements<Real> elements;  // common signals: tables of all steps since the host looked
  StageWindow<Real> stage;
  integrate::Method method{};  // of whole steps
  bool is_whole = false;       // all stages and substeps in one launch, what projections bring being held; not of
                               // slow states, which always take stages
  int substeps = 1;            // of a whole step
  bool begins_step = true;
  Real* watched_at_begin = nullptr;  // of all elements; null where a launch knows by itself what its step began with
  std::size_t size = 0;
  const Progress* progress = nullptr;
  std::uint32_t offset = 0;                 // of the step from progress->step
  int common_stride = 0, common_at = 0;     // the launch begins at entry step * stride + at of the tables,
  int common_half = 0;                      // and this many entries further with every half substep
  const std::uint32_t* original = nullptr;  // the user's index of an element, or null: the same
  std::uint32_t* crossed = nullptr;         // bit k: an event at the end of step k since the host looked
  unsigned long long* fault = nullptr;
  int first_place = 0;
};

/// What several launches add up into one input of all elements, in double.
template <class Real>
struct Total {
  double* partial = nullptr;  // of the launches before the last, or null: there is one
  bool is_first = true, is_last = true;
  const double* base = nullptr;    // of all elements, or null: 0
  const double* common = nullptr;  // as in StageRun, or null: 0
  int common_stride = 0, common_at = 0;
  const Real* factor = nullptr;  // of `common`, of all elements, or null: 1
  Real* value = nullptr;         // out, by the last launch
};

/// Flow between pairs: the flow to each element from all of its neighbours.
template <class Real>
struct ExchangeRun {
  Elements<Real> elements;
  std::size_t size = 0;
  const Real* here = nullptr;            // the exchanged state of all elements
  const std::uint32_t* begin = nullptr;  // [elements + 1] into neighbour
  const std::uint32_t* neighbour = nullptr;
  Total<Real> total;
  const Progress* progress = nullptr;
  std::uint32_t offset = 0;
  const unsigned long long* fault = nullptr;
};

/// Kernels of one model; who launches asks cudaGetLastError(). None launches anything for 0 elements.
template <class Real>
struct CudaLoops {
  void (*fixed)(const WindowRun<Real>&, cudaStream_t) = nullptr;
  void (*adaptive)(const WindowRun<Real>&, cudaStream_t) = nullptr;
  void (*stage)(const StageRun<Real>&, cudaStream_t) = nullptr;
  void (*exchange)(const ExchangeRun<Real>&, cudaStream_t) = nullptr;  // null: the model has none
};

}  // namespace tripartite::population::cuda
