#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "host/config/parameter_table.hpp"
#include "tripartite/astrocyte/gap_junctions.hpp"
#include "tripartite/attention/parameters.hpp"
#include "tripartite/attention/state.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/integrate/methods.hpp"

namespace tripartite::config {

/// The names of the values of an optional: `none`, then those of the values.
template <class Value, std::size_t count>
constexpr auto with_none(std::string_view none, const std::array<std::pair<Value, std::string_view>, count>& names) {
  std::array<std::pair<std::optional<Value>, std::string_view>, count + 1> pairs;
  pairs[0] = {std::nullopt, none};
  for (std::size_t i = 0; i < count; ++i) pairs[i + 1] = {names[i].first, names[i].second};
  return pairs;
}

template <>
struct Choices<attention::Feature> {
  using Feature = attention::Feature;
  static constexpr std::array names{
      std::pair{Feature::slots, std::string_view("slots")},
      std::pair{Feature::favor_balanced, std::string_view("favor_balanced")},
      std::pair{Feature::favor_sharp, std::string_view("favor_sharp")},
      std::pair{Feature::favor, std::string_view("favor")},
      std::pair{Feature::relu, std::string_view("relu")},
      std::pair{Feature::elu1, std::string_view("elu1")},
  };
};

/// A feature map, or "auto": the one that suits the attention a model was trained with.
template <>
struct Choices<std::optional<attention::Feature>> {
  static constexpr auto names = with_none("auto", Choices<attention::Feature>::names);
};

template <>
struct Choices<attention::Solver> {
  using Solver = attention::Solver;
  static constexpr std::array names{
      std::pair{Solver::exact, std::string_view("exact")},
      std::pair{Solver::exponential_euler, std::string_view("exponential_euler")},
      std::pair{Solver::euler, std::string_view("euler")},
      std::pair{Solver::rk4, std::string_view("rk4")},
  };
};

template <>
struct Choices<attention::CalciumStart> {
  using Start = attention::CalciumStart;
  static constexpr std::array names{
      std::pair{Start::rest, std::string_view("rest")},
      std::pair{Start::typical, std::string_view("typical")},
  };
};

template <>
struct Choices<attention::Field> {
  static constexpr auto names = [] {
    std::array<std::pair<attention::Field, std::string_view>, attention::fields.size()> pairs;
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {attention::fields[i].field, attention::fields[i].name};
    return pairs;
  }();
};

template <>
struct Choices<Backend> {
  static constexpr std::array names{
      std::pair{Backend::automatic, std::string_view("auto")},
      std::pair{Backend::cuda, std::string_view("cuda")},
      std::pair{Backend::cpu, std::string_view("cpu")},
  };
};

template <>
struct Choices<Precision> {
  static constexpr std::array names{
      std::pair{Precision::float32, std::string_view("float32")},
      std::pair{Precision::float64, std::string_view("float64")},
  };
};

template <>
struct Choices<integrate::Method> {
  static constexpr auto names = [] {
    std::array<std::pair<integrate::Method, std::string_view>, std::size(integrate::methods)> pairs;
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {integrate::methods[i], to_string(integrate::methods[i])};
    return pairs;
  }();
};

template <>
struct Choices<Flux> {
  static constexpr std::array names{
      std::pair{Flux::smooth, std::string_view("smooth")},
      std::pair{Flux::published, std::string_view("published")},
  };
};

}  // namespace tripartite::config
