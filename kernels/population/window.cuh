#pragma once

#include <cstdint>

#include "kernels/population/elements.cuh"

// What the kernels of windows share: events, faults and arrivals of one element.
namespace tripartite::population::cuda {

/// The outcome of a window, and what arrives in it.
struct WindowEvents {
  const Arrival* arrival;
  std::size_t arrivals;
  EventRecord* record;
  std::size_t capacity;
  unsigned long long *records, *fault;
  int first_place;

  template <class Real>
  explicit WindowEvents(const WindowRun<Real>& run)
      : arrival(run.arrival),
        arrivals(run.arrivals),
        record(run.record),
        capacity(run.capacity),
        records(run.records),
        fault(run.fault),
        first_place(run.first_place) {}

  __device__ __forceinline__ void note(const EventRecord& event) const {
    const unsigned long long at = atomicAdd(records, 1ULL);
    if (at < capacity) record[at] = event;
  }
  __device__ __forceinline__ void tell_fault(int state, std::size_t element, bool is_stuck) const {
    atomicMin(fault, fault_key(0, first_place + state, element, is_stuck));
  }
  /// The first arrival at element i or behind.
  __device__ __forceinline__ std::size_t first_arrival(std::size_t i) const {
    std::size_t low = 0, high = arrivals;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (arrival[middle].element < i)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }
};

/// The arrivals at one element, one after the other.
struct OwnArrivals {
  const WindowEvents& events;
  std::uint32_t element;
  std::size_t at;
  int none;  // steps of the window
  int next;  // step, or none

  __device__ __forceinline__ OwnArrivals(const WindowEvents& all, std::uint32_t i, int steps)
      : events(all), element(i), at(all.first_arrival(i)), none(steps), next(step()) {}
  __device__ __forceinline__ int step() const {
    return at < events.arrivals && events.arrival[at].element == element ? events.arrival[at].step : none;
  }
  template <class Model, class Real, int count>
  __device__ __forceinline__ void act(const Model& model, Real (&y)[count]) {
    Real weight(0);
    if constexpr (HasWeightedSpikes<Model>) weight = Real(events.arrival[at].weight);
    model.spike(y, true, weight);
    ++at;
    next = step();
  }
};

}  // namespace tripartite::population::cuda
