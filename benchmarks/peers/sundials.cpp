// W1 by SUNDIALS on one vector of all synapses.
//   rk4             ARKODE (ERKStep), the classical table with fixed steps
//   dormand_prince  ARKODE (ERKStep), adaptive steps
//   adams           CVODE, Adams methods of variable order with functional iteration
// The adaptive ones take one step size for all synapses; a relative tolerance of 1e-6 makes them as accurate as rk4.
#include <arkode/arkode_erkstep.h>
#include <cvode/cvode.h>
#include <nvector/nvector_openmp.h>
#include <sundials/sundials_config.h>
#include <sundials/sundials_context.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include <cstdlib>
#include <string>

#include "benchmarks/peers/serve.hpp"
#include "benchmarks/peers/synapse_vector.hpp"

namespace {

using tripartite::rivals::Case, tripartite::rivals::Result;
using Synapses = tripartite::peers::SynapseVector<double>;
constexpr double dt = tripartite::bench::synapse_step;
constexpr double relative_tolerance = 1e-6, absolute_tolerance = 1e-9;

void require(int status, const char* what) {
  if (status >= 0) return;
  std::fprintf(stderr, "%s failed with %d\n", what, status);
  std::exit(1);
}

int slopes(sunrealtype, N_Vector y, N_Vector slope, void* synapses) {
  static_cast<const Synapses*>(synapses)->slopes(NV_DATA_OMP(y), NV_DATA_OMP(slope));
  return 0;
}

/// A solver of SUNDIALS, which goes from millisecond to millisecond.
class Solver {
 public:
  Solver(const std::string& method, Synapses& synapses, N_Vector y, SUNContext context)
      : is_cvode_(method == "adams"), is_fixed_(method == "rk4"), y_(y) {
    if (is_cvode_) {
      memory_ = CVodeCreate(CV_ADAMS, context);
      require(CVodeInit(memory_, slopes, 0, y), "CVodeInit");
      require(CVodeSStolerances(memory_, relative_tolerance, absolute_tolerance), "CVodeSStolerances");
      require(CVodeSetUserData(memory_, &synapses), "CVodeSetUserData");
      iteration_ = SUNNonlinSol_FixedPoint(y, 0, context);
      require(CVodeSetNonlinearSolver(memory_, iteration_), "CVodeSetNonlinearSolver");
      require(CVodeSetMaxNumSteps(memory_, 1'000'000), "CVodeSetMaxNumSteps");
      return;
    }
    memory_ = ERKStepCreate(slopes, 0, y, context);
    require(ERKStepSetUserData(memory_, &synapses), "ERKStepSetUserData");
    if (is_fixed_) {
      double nodes[] = {0, 0.5, 0.5, 1}, weights[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
      double stages[] = {0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1, 0};
      const ARKodeButcherTable table = ARKodeButcherTable_Create(4, 4, 0, nodes, stages, weights, nullptr);
      require(ERKStepSetTable(memory_, table), "ERKStepSetTable");
      ARKodeButcherTable_Free(table);
      require(ERKStepSetFixedStep(memory_, dt), "ERKStepSetFixedStep");
      require(ERKStepSetInterpolantDegree(memory_, 0), "ERKStepSetInterpolantDegree");
    } else {
      require(ERKStepSetTableNum(memory_, ARKODE_DORMAND_PRINCE_7_4_5), "ERKStepSetTableNum");
      require(ERKStepSStolerances(memory_, relative_tolerance, absolute_tolerance), "ERKStepSStolerances");
      require(ERKStepSetMaxNumSteps(memory_, 1'000'000), "ERKStepSetMaxNumSteps");
    }
  }
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;
  ~Solver() {
    if (is_cvode_) {
      CVodeFree(&memory_);
      SUNNonlinSolFree(iteration_);
    } else {
      ERKStepFree(&memory_);
    }
  }

  void advance(double end) {
    if (is_cvode_) {
      require(CVodeSetStopTime(memory_, end), "CVodeSetStopTime");
      require(CVode(memory_, end, y_, &time_, CV_NORMAL), "CVode");
    } else if (is_fixed_) {
      require(ERKStepEvolve(memory_, end, y_, &time_, ARK_ONE_STEP), "ERKStepEvolve");
    } else {
      require(ERKStepSetStopTime(memory_, end), "ERKStepSetStopTime");
      require(ERKStepEvolve(memory_, end, y_, &time_, ARK_NORMAL), "ERKStepEvolve");
    }
  }

  /// `released` says that the state was changed. With fixed steps a solver begins anew each time: it would take the
  /// last slope of a step for the first of the next, which is right for some tables and not for this.
  void resume(bool released) {
    if (is_cvode_ && released) require(CVodeReInit(memory_, time_, y_), "CVodeReInit");
    if (!is_cvode_ && (released || is_fixed_)) require(ERKStepReset(memory_, time_, y_), "ERKStepReset");
  }

 private:
  bool is_cvode_, is_fixed_;
  N_Vector y_;
  void* memory_ = nullptr;
  SUNNonlinearSolver iteration_ = nullptr;
  sunrealtype time_ = 0;
};

Result run(const Case& what, SUNContext context) {
  Synapses synapses(what);
  const N_Vector y = N_VNew_OpenMP(static_cast<sunindextype>(synapses.size()), what.threads, context);
  require(N_VEnableFusedOps_OpenMP(y, SUNTRUE), "N_VEnableFusedOps_OpenMP");
  double* const states = NV_DATA_OMP(y);
  synapses.start(states);
  Result result;
  {
    Solver solver(what.method, synapses, y, context);
    const double begin = tripartite::rivals::now();
    for (long k = 0; k < what.steps; ++k) {
      synapses.remember(states);
      solver.advance(double(k + 1) * dt);
      solver.resume(synapses.release(states));
    }
    result = {tripartite::rivals::now() - begin, synapses.check(states)};
  }
  N_VDestroy(y);
  return result;
}

}  // namespace

int main(int count, char** words) {
  const Case what = tripartite::peers::case_of(count, words);
  SUNContext context = nullptr;
#if SUNDIALS_VERSION_MAJOR >= 7
  require(SUNContext_Create(SUN_COMM_NULL, &context), "SUNContext_Create");
#else
  require(SUNContext_Create(nullptr, &context), "SUNContext_Create");
#endif
  const std::string name =
      std::string("SUNDIALS ") + SUNDIALS_VERSION + (what.method == "adams" ? " CVODE" : " ARKODE");
  const int status = tripartite::peers::serve(name, [&] { return run(what, context); });
  SUNContext_Free(&context);
  return status;
}
