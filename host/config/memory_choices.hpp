#pragma once

#include "host/config/choices.hpp"
#include "tripartite/memory/recall.hpp"

namespace tripartite::config {

template <>
struct Choices<memory::Regime> {
  static constexpr std::array names{
      std::pair{memory::Regime::cold, std::string_view("cold")},
      std::pair{memory::Regime::warm, std::string_view("warm")},
  };
};

template <>
struct Choices<memory::Solver> {
  using Solver = memory::Solver;
  static constexpr std::array names{
      std::pair{Solver::euler, std::string_view("euler")},
      std::pair{Solver::exponential_euler, std::string_view("exponential_euler")},
      std::pair{Solver::rk4, std::string_view("rk4")},
      std::pair{Solver::adaptive, std::string_view("adaptive")},
  };
};

template <>
struct Choices<memory::Corruption> {
  using Corruption = memory::Corruption;
  static constexpr std::array names{
      std::pair{Corruption::flip, std::string_view("flip")},
      std::pair{Corruption::occlude, std::string_view("occlude")},
      std::pair{Corruption::noise, std::string_view("noise")},
  };
};

}  // namespace tripartite::config
