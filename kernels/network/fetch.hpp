#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "kernels/population/loops.hpp"

/// Values in the user's order: `place` is where the device has the element of a user's index, or null: there.
namespace tripartite::network::cuda {

/// Moves the words of `crossed` that are not 0 to records of `original` elements, in no order, as far as there is room
/// for them; `records` counts all that there were.
void launch_collect(std::uint32_t* crossed, const std::uint32_t* original, std::size_t elements,
                    population::cuda::EventRecord* record, std::size_t capacity, unsigned long long* records,
                    cudaStream_t stream);

/// to[k] = the value of element first + k.
template <class Real>
void launch_read(const Real* from, const std::uint32_t* place, std::size_t first, std::size_t count, Real* to,
                 cudaStream_t stream);
/// to[k] = the value of element which[k].
template <class Real>
void launch_gather(const Real* from, const std::uint32_t* place, const std::uint64_t* which, std::size_t count,
                   Real* to, cudaStream_t stream);
/// The value of element first + k becomes from[k].
template <class Value>
void launch_write(const Value* from, const std::uint32_t* place, std::size_t first, std::size_t count, Value* to,
                  cudaStream_t stream);

inline constexpr std::size_t block_values = 4096;
/// sum[b] = sum of the values [b * block_values, (b + 1) * block_values), in a fixed order.
template <class Real>
void launch_block_sums(const Real* values, std::size_t count, double* sum, cudaStream_t stream);

}  // namespace tripartite::network::cuda
