#pragma once

#include "tripartite/backend.hpp"
#include "tripartite/integrate/linear_scheme.hpp"

// The inner loops of the CPU backend. Every pointer to an array over hidden neurons has `stride` entries (hidden
// rounded up to a multiple of 16, the rest inert) and 64-byte alignment. Trajectories are stage-major: [panels *
// stages][stride].

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

enum class Drive { exponential, relu, elu1 };

/// Hidden neurons through `panels` panels: drive phi(z_inf + rho delta) with the stage's scalar, rates h by `scheme`.
template <class Real>
struct HiddenRun {
  Drive drive;
  int panels, stages, stride;
  const Real* z_inf;           // [stride]
  const Real* delta;           // [stride]
  const Real* rho;             // [panels * stages]
  const Real* scalar;          // [panels * stages] added to the exponent
  const int* kind;             // [panels]
  const Scheme<Real>* scheme;  // by kind
  Real* rates;                 // [stride] in and out
  Real* trajectory;            // out [panels * stages][stride]
  Real* after;                 // out [panels][stride], or null
};

/// Column sums of the calcium store over the rows of one astrocyte, and its global calcium G at every stage.
template <class Real>
struct StoreRun {
  bool plastic;
  int panels, stages, stride;
  Real rows;
  const Real* column_factor;  // [stride] sum of b over the rows
  const Real* trajectory;     // h
  const int* kind;
  const Scheme<Real>* scheme;
  Real* column_sum;  // [stride] in and out
  Real* global;      // out [panels * stages]
};

/// One row of synapses through `panels` equal steps.
template <class Real>
struct RowRun {
  bool plastic;
  int panels, stages, stride;
  const Real* trajectory;  // h [panels * stages][stride]
  const Real* output;      // l of this row [panels * stages]; plastic only
  const Real* global;      // G of the row's astrocyte [panels * stages]
  Scheme<Real> hebbian, store, calcium;
  const Real* hebbian_factor;  // a [stride], or null: 1
  const Real* store_factor;    // b
  const Real* calcium_rate;    // 1/tau_p [stride], or null: `calcium` holds for all
  Real dt;
  int method;  // integrate::LinearMethod, for synapses with a rate of their own
  Real floor;
  Real* hebbian_state;
  Real* store_state;
  Real* calcium_state;
  Real* current;  // read only: out [panels * stages], sum over j of H h / (p + floor)
};

/// Some rows of synapses of one astrocyte through a whole phase (exact propagator).
template <class Real>
struct PropagateRun {
  bool plastic;
  int stages, stride;  // `stages`: all stages of the phase
  int row_count;       // 1 to 4
  const Real* trajectory;
  const Real* output_weighted[4];  // w_s l_i(s) of each row [stages]; plastic only
  Real hebbian_loss, store_loss;   // over the phase
  const Real* store_deposit;       // [stride] sum_s w_s h_j(s); plastic only
  const Real* hebbian_factor[4];   // or null
  const Real* store_factor[4];
  // Calcium: p = e^(-kappa t) p_0 + response(kappa, t), the response a Chebyshev series in kappa with `nodes` terms.
  int nodes;
  Real rate_low, rate_high;
  const Real* calcium_rate[4];  // or null: one node
  Real duration;
  Real calcium_decay;    // e^(-kappa t) at the end, one node
  const Real* response;  // [nodes] at the end
  // Read: currents at `window` stages.
  int window;
  const Real* window_trajectory;  // h at those stages [window][stride]
  const Real* window_time;        // [window]
  const Real* window_decay;       // [window] e^(-kappa t), one node
  const Real* window_response;    // [window][nodes]
  const Real* window_hebbian;     // [window] decay of H since the start of the phase
  Real floor;
  Real* hebbian_state[4];
  Real* store_state[4];
  Real* calcium_state[4];
  Real* current[4];  // out [window]; read only
};

template <class Real>
struct Kernels {
  void (*hidden)(const HiddenRun<Real>&);
  void (*store)(const StoreRun<Real>&);
  void (*advance_row)(const RowRun<Real>&);
  void (*read_row)(const RowRun<Real>&);
  void (*propagate)(const PropagateRun<Real>&);
  /// Largest of z_inf + rho delta over [0, count), count > 0.
  Real (*largest_logit)(const Real* z_inf, const Real* delta, Real rho, int count);
};

template <class Real>
const Kernels<Real>& kernels(InstructionSet set);

}  // namespace tripartite::attention::cpu
