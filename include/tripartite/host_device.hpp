#pragma once

/// Marks a function that both backends compile. On the host it is always inlined: the CPU backend compiles the same
/// equation once per instruction set, and a shared out-of-line copy could carry instructions that a machine lacks.
#if defined(__CUDACC__)
#define TRIPARTITE_HD __host__ __device__ __forceinline__
#else
#define TRIPARTITE_HD inline __attribute__((always_inline))
#endif

/// Before a template that calls what its caller hands it: nvcc shall not warn of a function of the host there.
#if defined(__CUDACC__)
#define TRIPARTITE_NO_EXECUTION_CHECK _Pragma("nv_exec_check_disable")
#else
#define TRIPARTITE_NO_EXECUTION_CHECK
#endif
