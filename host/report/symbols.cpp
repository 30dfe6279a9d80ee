#include "host/report/symbols.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace tripartite::report {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> letters{
    {{"alpha", "α"},  {"beta", "β"},  {"gamma", "γ"},  {"delta", "δ"}, {"epsilon", "ε"}, {"zeta", "ζ"},  {"eta", "η"},
     {"theta", "θ"},  {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "µ"},    {"nu", "ν"},      {"xi", "ξ"},    {"rho", "ρ"},
     {"sigma", "σ"},  {"tau", "τ"},   {"phi", "φ"},    {"psi", "ψ"},   {"omega", "ω"},   {"Gamma", "Γ"}, {"Delta", "Δ"},
     {"Lambda", "Λ"}, {"Theta", "Θ"}, {"Omega", "Ω"},  {"star", "*"}}};

}  // namespace

std::string symbol_of(std::string_view name) {
  std::string symbol;
  for (bool is_first = true; is_first || !name.empty(); is_first = false) {
    const std::size_t end = name.find('_');
    std::string_view word = name.substr(0, end);
    name = end == std::string_view::npos ? std::string_view() : name.substr(end + 1);
    for (const auto& [letter, sign] : letters)
      if (word == letter && !(is_first && letter == "star")) word = sign;
    if (!is_first && word != "*") symbol += '_';
    symbol += word;
  }
  return symbol;
}

std::string unit_words(std::string_view unit) {
  if (unit == "1") return {};
  std::string words;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const bool begins = i == 0 || unit[i - 1] == ' ' || unit[i - 1] == '/' || unit[i - 1] == '(';
    const bool is_micro = begins && unit[i] == 'u' && i + 1 < unit.size() && (unit[i + 1] == 'M' || unit[i + 1] == 'm');
    words += is_micro ? std::string("µ") : std::string(1, unit[i]);
  }
  return words;
}

std::string with_unit(std::string_view name, std::string_view unit) {
  const std::string words = unit_words(unit);
  return fmt::format("{} [{}]", symbol_of(name), words.empty() ? "1" : words);
}

}  // namespace tripartite::report
