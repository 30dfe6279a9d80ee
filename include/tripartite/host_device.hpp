#pragma once

/// Marks a function that both backends compile. On the host it is always inlined: the CPU backend compiles the same
/// equation once per instruction set, and a shared out-of-line copy could carry instructions that a machine lacks.
#if defined(__CUDACC__)
#define TRIPARTITE_HD __host__ __device__ __forceinline__
#else
#define TRIPARTITE_HD inline __attribute__((always_inline))
#endif
