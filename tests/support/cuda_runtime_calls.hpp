#pragma once

/// Calls of the CUDA runtime that a test watches and can make fail. The test program exports functions of the runtime's
/// names, which the module then finds before the runtime's own.
namespace tripartite::tests {

struct RuntimeCalls {
  int allocations = 0;         // calls of cudaMalloc so far
  int failing_allocation = 0;  // the number of the one that fails, counted from 1; 0: none
  int failing_check = 0;       // of calls of cudaGetLastError, which follows every launch: the same, counted down
};

RuntimeCalls& runtime_calls();

}  // namespace tripartite::tests
