#pragma once

#include "tripartite/attention/kinked_drive.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

// The inner loops of the CPU backend, compiled once per instruction set. Every array over hidden neurons has `stride`
// entries (hidden rounded up to a multiple of 16, the rest inert) and 64-byte alignment. A trajectory is stage-major:
// [panels * stages][stride].

namespace tripartite::attention::cpu {

/// Coefficients of one linear state in working precision (integrate::LinearScheme).
template <class Real>
struct Scheme {
  Real loss;
  Real decay;
  Real weight[integrate::max_stages];
  Real stage_decay[integrate::max_stages];
  Real stage_weight[integrate::max_stages][integrate::max_stages];
};

/// result = offset + matrix x, change = matrix dx, for a matrix stored by columns.
template <class Real>
struct ProjectRun {
  int inputs, stride;
  const Real* matrix;  // [inputs][stride]
  const Real* offset;  // [stride]
  const Real* x;       // [inputs]
  const Real* dx;      // [inputs]
  Real* result;        // out [stride]
  Real* change;        // out [stride]
};

enum class Drive { exponential, relu, elu1 };

/// Hidden neurons through `panels` panels: drive phi(z_inf + rho delta) with the stage's scalar, rates h by `scheme`.
/// With `moments`, the drive of a panel in which z changes sign is its projection (kinked_drive.hpp).
template <class Real>
struct HiddenRun {
  Drive drive;
  int panels, stages, stride;
  const Real* z_inf;                  // [stride]
  const Real* delta;                  // [stride]
  const Real* rho;                    // [panels * stages]
  const Real* scalar;                 // [panels * stages] added to the exponent
  const int* kind;                    // [panels]
  const Scheme<Real>* scheme;         // by kind
  Real* rates;                        // [stride] in and out
  Real* trajectory;                   // out [panels * stages][stride]
  const PanelMoments<Real>* moments;  // or null: as the drive is at the stages
  const Real* border;                 // [panels + 1] rho at the borders of the panels
  const Real* span;                   // [panels] length / tau of rho
};

/// Calcium store while it is written, and the sum over it that one astrocyte sees: sum_j factor_j g_j h_j.
template <class Real>
struct StoreRun {
  int panels, stages, stride;
  const Real* trajectory;      // h
  const Real* factor;          // [stride]
  const int* kind;             // [panels]
  const Scheme<Real>* scheme;  // by kind
  Real* store;                 // [stride] in and out
  Real* sum;                   // out [panels * stages]
};

/// Rows of weights against the hidden rates of every stage: sum[r][s] = sum_j row[r][j] h_j(s).
template <class Real>
struct GatherRun {
  int rows;  // 1 to 4
  int stages, stride;
  const Real* row[4];      // [stride]
  const Real* trajectory;  // h [stages][stride]
  Real* sum[4];            // out [stages]
};

/// Hebbian strengths of some rows over a chunk: H <- H - loss H + factor sum_s weighted(s) h(s).
template <class Real>
struct DepositRun {
  int rows;  // 1 to 4
  int stages, stride;
  const Real* weighted[4];  // [stages] l of the row times the weight of the stage in H at the end
  const Real* trajectory;   // h [stages][stride]
  Real loss;
  const Real* factor[4];  // a [stride], or null: 1
  Real* hebbian[4];       // [stride] in and out
};

/// Calcium p of one row whose synapses have rates of their own, step by step; and, where `hebbian` is given, the
/// current sum_j H h / (p + floor) at every stage.
template <class Real>
struct CalciumRun {
  int panels, stages, stride;
  const Real* rate;    // 1 / tau_p [stride]
  const Real* global;  // G of the row's astrocyte [panels * stages]
  Real dt;
  integrate::LinearMethod method;
  Real* calcium;           // [stride] in and out
  const Real* hebbian;     // [stride], or null
  const Real* trajectory;  // h [panels * stages][stride]
  Real floor;
  Real* current;  // out [panels * stages]
};

/// The same over a whole chunk at once: p(t) = e^(-rate t) p(0) + response(rate, t), the response a Chebyshev series in
/// the logarithm of the rate with `nodes` coefficients.
template <class Real>
struct ResponseRun {
  int stages, stride, nodes;
  const Real* rate;                     // [stride]
  Real log_center, inverse_half_width;  // of the interval of the series in ln rate
  Real duration;
  const Real* response;  // [nodes] at the end
  Real* calcium;         // [stride] in and out
  const Real* hebbian;   // [stride], or null
  const Real* trajectory;
  const Real* stage_time;      // [stages] since the start of the chunk
  const Real* stage_response;  // [stages][nodes]
  Real floor;
  Real* current;  // out [stages]
};

template <class Real>
struct NeuronKernels {
  void (*project)(const ProjectRun<Real>&);
  void (*hidden)(const HiddenRun<Real>&);
  void (*store)(const StoreRun<Real>&);
  /// Largest of z_inf + rho delta over [0, count), count > 0.
  Real (*largest_logit)(const Real* z_inf, const Real* delta, Real rho, int count);
};

template <class Real>
struct SynapseKernels {
  void (*gather)(const GatherRun<Real>&);
  void (*deposit)(const DepositRun<Real>&);
};

template <class Real>
struct CalciumKernels {
  void (*step)(const CalciumRun<Real>&);
  void (*respond)(const ResponseRun<Real>&);
};

template <class Real>
struct Kernels {
  NeuronKernels<Real> neurons;
  SynapseKernels<Real> synapses;
  CalciumKernels<Real> calcium;
};

template <class Real>
Kernels<Real> kernels(InstructionSet set);

}  // namespace tripartite::attention::cpu
