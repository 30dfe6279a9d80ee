#pragma once

#include <functional>

namespace tripartite::linear_algebra {

/// Threads that `run_parallel` may use, the caller's included: OpenMP's maximum (OMP_NUM_THREADS), but at most 64, for
/// more is more than OpenBLAS has buffers for.
int threads();

/// Calls task(i, worker) for every i in [0, count), on the calling thread and on those that are free, `most_threads` in
/// all, and returns when all are done. `worker` in [0, most_threads) belongs to one thread at a time. Which thread does
/// what is left to chance: results must not depend on it. A call from inside a task, or while another is running, stays
/// on its thread. Rethrows the first exception of a task.
///
/// Unlike an OpenMP region it does not wait for threads that have not begun: on a busy machine the caller does the work
/// alone in the time that a barrier would take to find every thread on a core.
void run_parallel(int count, const std::function<void(int, int)>& task, int most_threads = threads());

}  // namespace tripartite::linear_algebra
