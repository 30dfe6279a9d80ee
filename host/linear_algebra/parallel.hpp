#pragma once

#include <functional>

namespace tripartite::linear_algebra {

/// Number of threads that `run_parallel` may use, including the caller: OpenMP's maximum (OMP_NUM_THREADS), but at most
/// 64, because OpenBLAS has no buffers for more.
int threads();

/// Calls task(i, worker) for every i in [0, count), on the calling thread and on free threads, `most_threads` in total,
/// and returns when all calls have finished. `worker` in [0, most_threads) belongs to one thread at a time. Tasks are
/// assigned to threads in no fixed order: results must not depend on it. A call from inside a task, or during another
/// call, runs on its own thread only. Rethrows the first exception of a task.
///
/// Unlike an OpenMP region it does not wait for threads that have not started: on a busy machine the caller finishes
/// the work alone in less time than a barrier would need until every thread is scheduled.
void run_parallel(int count, const std::function<void(int, int)>& task, int most_threads = threads());

}  // namespace tripartite::linear_algebra
