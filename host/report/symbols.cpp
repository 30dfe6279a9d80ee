#include "host/report/symbols.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

#include "host/report/html.hpp"

namespace tripartite::report {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 25> letters{
    {{"alpha", "α"},  {"beta", "β"},  {"gamma", "γ"},  {"delta", "δ"}, {"epsilon", "ε"}, {"zeta", "ζ"},  {"eta", "η"},
     {"theta", "θ"},  {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "µ"},    {"nu", "ν"},      {"xi", "ξ"},    {"rho", "ρ"},
     {"sigma", "σ"},  {"tau", "τ"},   {"phi", "φ"},    {"psi", "ψ"},   {"omega", "ω"},   {"Gamma", "Γ"}, {"Delta", "Δ"},
     {"Lambda", "Λ"}, {"Theta", "Θ"}, {"Omega", "Ω"},  {"star", "*"}}};

/// Part of a text; an index stands below the line.
struct Piece {
  std::string_view words;
  bool is_index = false;
};

bool is_alone(std::string_view text, std::size_t letter) {
  return letter == 0 || text[letter - 1] == ' ' || text[letter - 1] == '(';
}

bool is_of_a_word(char c) {
  const auto byte = static_cast<unsigned char>(c);  // every byte of a character that is not ASCII is one
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t begin = 0;
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    if (at == 0) continue;
    std::size_t letter = at - 1;
    while (letter > 0 && (static_cast<unsigned char>(text[letter]) & 0xC0U) == 0x80) --letter;
    std::size_t end = at + 1;
    while (end < text.size() && is_of_a_word(text[end])) ++end;
    if (letter < begin || !is_of_a_word(text[letter]) || !is_alone(text, letter) || end == at + 1) continue;
    pieces.push_back({text.substr(begin, at - begin)});
    pieces.push_back({text.substr(at + 1, end - at - 1), true});
    begin = end;
  }
  pieces.push_back({text.substr(begin)});
  return pieces;
}

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

std::string symbols_html(std::string_view text) {
  std::string html;
  for (const Piece& piece : pieces_of(text))
    html += piece.is_index ? "<sub>" + escape(piece.words) + "</sub>" : escape(piece.words);
  return html;
}

std::string symbols_svg(std::string_view text) {
  std::string svg;
  bool is_below = false;
  for (const Piece& piece : pieces_of(text)) {
    if (piece.words.empty()) continue;
    std::string words = escape(piece.words);
    // Renderers drop a blank at the beginning of an element.
    if (is_below && words.starts_with(' ')) words.replace(0, 1, "\u00a0");
    if (piece.is_index)
      svg += "<tspan dy=\"4\" font-size=\"0.75em\">" + words + "</tspan>";
    else
      svg += is_below ? "<tspan dy=\"-4\">" + words + "</tspan>" : words;
    is_below = piece.is_index;
  }
  return svg;
}

}  // namespace tripartite::report
