#pragma once

#include <cstddef>
#include <type_traits>

#include "kernels/launch.hpp"
#include "kernels/population/loops.hpp"
#include "tripartite/model/loops.hpp"
#include "tripartite/model/model.hpp"

// What the kernels of all models share.
namespace tripartite::population::cuda {

inline constexpr int threads = 128;

/// The elements of a population as a kernel's argument: as many states, inputs and parameters as the model has.
template <class Model, class Real>
struct OwnElements {
  static constexpr int states = state_count_of<Model>, inputs = input_count_of<Model>;
  static constexpr int parameters = parameter_count_of<Model>();
  Model model;  // with parameters that do not vary
  const Real* varied[parameters];
  Real* state[states];
  Real highest[states];
  InputPort<Real> input[inputs];

  OwnElements() = default;
  explicit OwnElements(const Elements<Real>& all) {
    each_parameter(model, [&](int place, Real& parameter) {
      parameter = all.shared[place];
      varied[place] = all.varied[place];
    });
    if constexpr (HasOptions<Model>)
      for (int i = 0; i < option_count_of<Model>(); ++i) model.option[i] = all.option[i];
    for (int i = 0; i < states; ++i) {
      state[i] = all.state[i];
      highest[i] = all.highest[i];
    }
    for (int p = 0; p < inputs; ++p) input[p] = all.input[p];
  }
};

/// Calls use(bool constant) with whether parameters vary; a model of few parameters has one kernel for both.
template <class Model, class Use>
void with_varied(bool any_varied, const Use& use) {
  if constexpr (parameter_count_of<Model>() <= 8)
    use(std::true_type());
  else if (any_varied)
    use(std::true_type());
  else
    use(std::false_type());
}

/// The model of element i with its parameters in registers.
template <bool any_varied, class Model, class Real>
__device__ __forceinline__ Model own_model(const OwnElements<Model, Real>& all, std::size_t i) {
  Model model = all.model;
  if constexpr (any_varied)
    each_parameter(model, [&](int place, Real& parameter) {
      if (all.varied[place] != nullptr) parameter = all.varied[place][i];
    });
  return model;
}

/// The first state that is outside its domain (NaN is outside of any), or -1.
template <class Real, int count>
__device__ __forceinline__ int outside_domain(const Real (&y)[count], const Real (&highest)[count]) {
  int fault = -1;
#pragma unroll
  for (int s = 0; s < count; ++s)
    if (!(y[s] >= Real(-0.01) && y[s] <= highest[s]) && fault < 0) fault = s;
  return fault;
}

template <class Model, class Real>
__device__ __forceinline__ void load(const OwnElements<Model, Real>& all, std::size_t i,
                                     Real (&y)[state_count_of<Model>]) {
#pragma unroll
  for (int s = 0; s < state_count_of<Model>; ++s) y[s] = all.state[s][i];
}

template <class Model, class Real>
__device__ __forceinline__ void store(const OwnElements<Model, Real>& all, std::size_t i,
                                      const Real (&y)[state_count_of<Model>]) {
#pragma unroll
  for (int s = 0; s < state_count_of<Model>; ++s) all.state[s][i] = y[s];
}

/// Loads a value where it is used instead of once for all uses: the stages of a method need the registers.
template <class Real>
__device__ __forceinline__ Real load_here(const Real* value) {
  return *(const volatile Real*)(value);
}

/// Whether input p can have a factor per element.
template <class Model>
__host__ __device__ constexpr bool is_scaled(int p) {
  return (scaled_inputs<Model> >> p & 1U) != 0;
}

}  // namespace tripartite::population::cuda
