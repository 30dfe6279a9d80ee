#pragma once

#include <cuda_runtime_api.h>

#include "kernels/attention/shape.hpp"
#include "tripartite/attention/process_scale.hpp"

namespace tripartite::attention::cuda {

/// Processes with a calcium model through one chunk. All of an astrocyte have the same calcium, which is kept once and
/// in float64 whatever Real is: IP3 moves by 1e-8 of itself in a step.
template <class Real>
struct ProcessRun {
  Shape shape;
  double speed = 1;
  integrate::LinearMethod method = integrate::LinearMethod::collocation;
  PanelNodes nodes;
  int panels = 0;
  int stages = 1;                        // per panel
  int first_panel = 0;                   // p at the stages of the panels before it is not wanted
  const double* lengths = nullptr;       // [panels] [s]
  const ProcessScale* scales = nullptr;  // [heads]
  const Real* global_calcium = nullptr;  // [panels * stages][heads][astrocytes]
  double* states = nullptr;              // [heads][astrocytes][states] in and out
  Real* calcium = nullptr;               // p, out [wanted stages, then the end of the chunk][heads][astrocytes]
};

/// What is compiled for each calcium model (kernels/population/compile_process.cuh); `parameters` are all of the model.
template <class Real>
using LaunchProcesses = void(const ProcessRun<Real>& run, const double* parameters, cudaStream_t stream);

}  // namespace tripartite::attention::cuda
