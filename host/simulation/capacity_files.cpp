#include "host/simulation/capacity_files.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host/io/atomic_file.hpp"
#include "host/io/text_file.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using memory::CapacityCell;
using memory::Contender;
using nlohmann::ordered_json;

constexpr std::string_view head = "network,n,k,seed,cues,recalled,wrong_fraction";

CapacityCell parse_cell(const std::string& line, const std::string& place) {
  CapacityCell cell;
  std::istringstream text(line);
  std::string network;
  const auto comma = [&] {
    if (text.get() != ',') text.setstate(std::ios::failbit);
  };
  std::getline(text, network, ',');
  text >> cell.neurons, comma(), text >> cell.patterns, comma(), text >> cell.seed, comma(), text >> cell.cues, comma();
  text >> cell.recalled, comma(), text >> cell.wrong_fraction;
  const bool is_known = network == to_string(Contender::astrocyte) || network == to_string(Contender::hopfield);
  if (text.fail() || !text.eof() || !is_known || cell.neurons < 1 || cell.patterns < 1 || cell.cues < 1 ||
      cell.recalled < 0 || cell.recalled > cell.cues || !(cell.wrong_fraction >= 0 && cell.wrong_fraction <= 1))
    throw FileError(fmt::format("{}: \"{}\": expected values of {}", place, line, head));
  cell.contender = network == to_string(Contender::astrocyte) ? Contender::astrocyte : Contender::hopfield;
  return cell;
}

}  // namespace

ordered_json results_of(const std::vector<CapacityCell>& cells) {
  ordered_json results{
      {"laws", ordered_json::array()}, {"loads", ordered_json::array()}, {"cells", ordered_json::array()}};
  const memory::CapacityFit fit = memory::fit_capacity(cells);
  for (const auto& law : fit.laws) {
    ordered_json entry{{"network", to_string(law.contender)}, {"sizes", law.sizes}};
    if (law.sizes > 1) {
      entry["exponent"] = law.exponent;
      entry["uncertainty"] = std::isfinite(law.uncertainty) ? ordered_json(law.uncertainty) : ordered_json();
      entry["prefactor"] = law.prefactor;
    }
    results["laws"].push_back(std::move(entry));
  }
  for (const auto& load : fit.loads) {
    ordered_json entry{{"network", to_string(load.contender)}, {"n", load.neurons}, {"bracketed", load.is_bracketed}};
    if (load.is_bracketed) {
      entry["k_max"] = load.k_max;
      entry["low"] = load.low;
      entry["high"] = load.high;
    }
    results["loads"].push_back(std::move(entry));
  }
  for (const CapacityCell& cell : cells)
    results["cells"].push_back({{"network", to_string(cell.contender)},
                                {"n", cell.neurons},
                                {"k", cell.patterns},
                                {"seed", cell.seed},
                                {"cues", cell.cues},
                                {"recalled", cell.recalled},
                                {"wrong_fraction", cell.wrong_fraction}});
  return results;
}

void write_cells(const std::filesystem::path& path, const std::vector<CapacityCell>& cells) {
  std::string text = fmt::format("{}\n", head);
  for (const CapacityCell& cell : cells)
    text += fmt::format("{},{},{},{},{},{},{}\n", to_string(cell.contender), cell.neurons, cell.patterns, cell.seed,
                        cell.cues, cell.recalled, cell.wrong_fraction);
  io::write_file(path, text);
}

std::vector<CapacityCell> read_cells(const std::filesystem::path& path) {
  std::vector<CapacityCell> cells;
  if (!std::filesystem::exists(path)) return cells;
  std::istringstream text(io::read_file(path));
  std::string line;
  std::getline(text, line);
  if (line != head) throw FileError(fmt::format("{}: line 1: expected {}", path.string(), head));
  for (int number = 2; std::getline(text, line); ++number)
    cells.push_back(parse_cell(line, fmt::format("{}: line {}", path.string(), number)));
  return cells;
}

}  // namespace tripartite::simulation
