#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/drive.hpp"
#include "kernels/attention/scheme.hpp"
#include "kernels/attention/shape.hpp"
#include "tripartite/attention/kinked_drive.hpp"

namespace tripartite::attention::cuda {

/// What the drive of a hidden neuron is. Heads may differ in their feature map (of_head: see HiddenRun::rules); slots
/// have one rule while a token is written and another while one is read.
enum class Rule { exponential, relu, elu1, slot_written, slot_read, silent, of_head };

/// Hidden neurons of all heads through one chunk.
template <class Real>
struct HiddenRun {
  Shape shape;
  Rule rule = Rule::of_head;
  const Rule* rules = nullptr;  // [heads]
  int slot = 0;                 // slot_written: the driven neuron; slot_read: number of stored tokens
  Panels<Real> panels;
  Drive<Real> drive;
  const Real* shift = nullptr;          // slot_read: [panels * stages][heads]
  const Real* schemes = nullptr;        // Scheme of h by kind
  const Real* store_schemes = nullptr;  // Scheme of g by kind; null: plasticity is closed
  Real* hidden = nullptr;               // [heads][hidden] in and out
  Real* hidden_stages = nullptr;        // out [panels * stages][heads][hidden]
  Real* deposit_stages = nullptr;  // out, as hidden_stages: calcium that h has stored since the chunk began, for b = 1
  Real* deposit = nullptr;         // out [heads][hidden]: the same at the end
  PanelMoments<Real> moments{};    // of the exact solver's panels
};
template <class Real>
void launch_hidden(const HiddenRun<Real>& run, int stages_per_panel, cudaStream_t stream);

/// Output neurons of all heads through one chunk while r = 0: driven by the filtered value.
template <class Real>
struct OutputRun {
  Shape shape;
  Panels<Real> panels;
  Input<Real> value;
  const Real* schemes = nullptr;  // Scheme of l by kind
  const Real* hebbian_weight =
      nullptr;                    // [panels * stages] what a drive at this stage adds to H at the end of the chunk
  Real* output = nullptr;         // [heads][width] in and out
  Real* output_stages = nullptr;  // out [panels * stages][heads][width], l times hebbian_weight; null: not wanted
};
template <class Real>
void launch_output(const OutputRun<Real>& run, int stages_per_panel, cudaStream_t stream);

/// The input filters k, q, v at the end of a chunk: now = target + rho (start - target).
template <class Real>
struct InputRun {
  Shape shape;
  const Real* target[3] = {};  // key, query, value [heads][width], or null
  Real rho = 1;
  bool phase_ends = false;  // then `start` follows
  Real* start = nullptr;    // [3][heads][width]
  Real* now = nullptr;      // [3][heads][width]
};
template <class Real>
void launch_inputs(const InputRun<Real>& run, cudaStream_t stream);

/// Input synapses of hidden neuron `token` become scale * key: column `token` of stored [heads][width][hidden].
template <class Real>
void launch_store_key(const Shape& shape, int token, Real scale, const Real* key, Real* stored, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
