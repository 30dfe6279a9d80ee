#pragma once

#include <fmt/format.h>

#include <string_view>

#include "tripartite/error.hpp"

// What went wrong with the numbers of a network, in the same words on every backend. Times are in seconds.
namespace tripartite {

/// An adaptive step became too small for the error of a state.
template <class Real>
[[noreturn]] void throw_stuck(std::string_view population, auto element, double time, std::string_view state,
                              Real value) {
  throw NumericsError(
      fmt::format("{} {} near t = {:.6g} s: the error of {} stays above the tolerance however small the step; {} = {}",
                  population, element, time, state, state, value));
}

/// A state of a fixed-step method is not in its domain, or is no number.
template <class Real>
[[noreturn]] void throw_left_domain(std::string_view population, auto element, double time, std::string_view state,
                                    Real value) {
  throw NumericsError(
      fmt::format("{} {} by t = {:.6g} s: {} = {} has left its domain; a smaller dt or an exponential method may help",
                  population, element, time, state, value));
}

/// More events than a threshold can be crossed in the steps of a window.
[[noreturn]] inline void throw_crowded(std::string_view population, std::string_view event, double time) {
  throw NumericsError(fmt::format("{}: more {}s than steps allow near t = {:.6g} s", population, event, time));
}

}  // namespace tripartite
