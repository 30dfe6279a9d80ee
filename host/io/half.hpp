#pragma once

#include <bit>
#include <cstdint>

namespace tripartite::io {

/// The float32 with the value of an IEEE 754 binary16; exact for every bit pattern, including subnormal numbers,
/// infinities and the payload of NaNs.
inline float half_to_float(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1FU;
  const std::uint32_t fraction = half & 0x3FFU;
  if (exponent == 0x1FU) return std::bit_cast<float>(sign | 0x7F800000U | (fraction << 13U));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (fraction << 13U));
  const float magnitude = static_cast<float>(fraction) * 0x1p-24F;  // zero or subnormal: fraction * 2^-24
  return sign != 0 ? -magnitude : magnitude;
}

/// The float32 with the value of a bfloat16: its upper half.
inline float bfloat16_to_float(std::uint16_t upper) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(upper) << 16U);
}

}  // namespace tripartite::io
