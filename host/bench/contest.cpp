#include "host/bench/contest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <tuple>

#include "host/bench/rivals.hpp"

namespace tripartite::bench {

std::optional<double> Row::ratio() const {
  if (!peer_rate) return std::nullopt;
  return rate / *peer_rate;
}
std::optional<double> Row::fraction() const {
  if (!ceiling) return std::nullopt;
  return rate / *ceiling;
}
std::optional<double> Row::cost() const {
  if (interval <= 0 || rate <= 0) return std::nullopt;
  return (work / rate - (peer_rate ? work / *peer_rate : 0)) / interval;
}

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all{
      {"W1", "independent tripartite synapses, steps of 1 ms", true, synapse_contests},
      {"W1a", "the same at equal accuracy of calcium and releases", true, accuracy_contests},
      {"W2", "attention: 16 heads x 64 x 1024 synapses with factors of their own", true, head_contests},
      {"W3", "associative memory, steps of Euler's method", true, memory_contests},
      {"W4", "Li-Rinzel astrocytes, steps of 0.1 ms", true, astrocyte_contests},
      {"W5", "networks of 10^5 synapses, or 10^6 and somata; coupling held", true, network_contests},
      {"W6", "transformers: products beside sgemm, a text through the network", true, transformer_contests},
      {"start", "from the start of a command to its first step", true, start_contests},
      {"checkpoint", "cost of a checkpoint, written into this directory", false, checkpoint_contests},
      {"precision", "error of calcium and releases against work", false, precision_contests},
      {"matrix", "W1 by method, precision, instruction set, drive", false, matrix_contests},
      {"scaling", "W1 with 10^3 to 10^7 synapses, 1 to all threads", false, scaling_contests}};
  return all;
}

int threads_of(const Options& options) {
  return options.threads > 0 ? options.threads : int(std::max(1U, std::thread::hardware_concurrency()));
}

std::vector<std::string> rival_words(const char* workload, const Contest& contest, std::int64_t steps,
                                     std::int64_t second, std::string_view method, const Options& options) {
  return {workload,
          "--method",
          std::string(method),
          "--precision",
          std::string(to_string(contest.precision)),
          "--n",
          std::to_string(contest.n),
          "--steps",
          std::to_string(steps),
          "--second",
          std::to_string(second),
          "--threads",
          std::to_string(threads_of(options))};
}

namespace {

std::string disagreement(double own, double rival, double tolerance) {
  if (!std::isfinite(own)) return "its own result is not finite";
  if (std::abs(own - rival) <= tolerance * std::abs(rival)) return {};
  return fmt::format("the results differ: {:.9g} here, {:.9g} there", own, rival);
}

}  // namespace

Row compete(const Contest& contest, const Options& options) {
  Row row;
  static_cast<Subject&>(row) = contest;
  if (!row.wrong.empty()) return row;
  const bool has_rival = contest.beside || (!contest.rival.empty() && !rivals_program().empty());
  double own = std::numeric_limits<double>::infinity(), rival = own;
  for (int turn = 0; turn < options.turns(); ++turn) {
    const Turn here = contest.own();
    own = std::min(own, here.seconds);
    row.check = here.check;
    if (here.work > 0) row.work = here.work;
    if (!std::isfinite(here.check)) row.wrong = "its own result is not finite";
    if (!has_rival) continue;
    const Turn there = contest.beside ? contest.beside() : run_rival(contest.rival);
    rival = std::min(rival, there.seconds);
    if (row.wrong.empty()) row.wrong = disagreement(here.check, there.check, contest.tolerance);
  }
  if (!row.wrong.empty()) return row;
  row.rate = row.work / own;
  if (has_rival) {
    row.peer = contest.beside ? contest.beside_name : plain_loop;
    row.peer_rate = row.work / rival;
  }
  // A ceiling of the processor says nothing about a device.
  if (options.backend != Backend::cuda && contest.operations > 0)
    if (const auto ceiling = ceiling_of(contest.ceiling, contest.precision, row.threads))
      row.ceiling = *ceiling / contest.operations;
  return row;
}

void compare_with_w1(std::vector<Row>& rows) {
  const auto setting = [](const Row& row) { return std::tie(row.method, row.precision, row.threads); };
  for (Row& row : rows)
    for (const Row& alone : rows)
      if ((row.workload == "W5" || (row.workload == "W1" && row.is_spikes)) && alone.workload == "W1" &&
          !alone.is_spikes && setting(row) == setting(alone) && row.rate > 0 && alone.rate > 0)
        row.of_w1 = row.rate / alone.rate;
}

void keep_better(Row& row, const Row& again) {
  if (again.wrong.empty() && again.rate > row.rate) row.rate = again.rate;
  if (again.peer_rate && again.peer_rate > row.peer_rate) row.peer_rate = again.peer_rate;
}

namespace {

bool differ_in_set_or_precision_alone(const Row& a, const Row& b) {
  const auto rest = [](const Row& row) {
    return std::tie(row.workload, row.method, row.drive, row.clocks, row.threads, row.n, row.steps);
  };
  return a.instruction_set && b.instruction_set && rest(a) == rest(b);
}

/// Whether `row` does the work of `other` with more lanes.
bool should_be_faster(const Row& row, const Row& other) {
  if (!differ_in_set_or_precision_alone(row, other)) return false;
  if (row.precision == other.precision) return row.instruction_set > other.instruction_set;
  return row.instruction_set == other.instruction_set && row.precision == Precision::float32;
}

std::string words_for(const Row& row, const Row& faster) {
  return fmt::format(
      "{} ({}) is slower than {}: {:.4g} against {:.4g} {}/s", row.variant, to_string(row.precision),
      row.precision == faster.precision ? to_string(*faster.instruction_set) : to_string(faster.precision), row.rate,
      faster.rate, row.unit);
}

/// Results of all cells of a setting lie as close together as single precision lets them.
constexpr double cell_tolerance = 1e-3;

}  // namespace

std::vector<std::size_t> mark(std::vector<Row>& rows, double slack) {
  std::vector<std::size_t> concerned;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    row.marked.clear();
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const Row& other = rows[k];
      if (other.instruction_set == InstructionSet::baseline && other.precision == Precision::float64 &&
          differ_in_set_or_precision_alone(row, other) && row.wrong.empty() && other.wrong.empty()) {
        row.wrong = disagreement(row.check, other.check, cell_tolerance);
        if (!row.wrong.empty()) row.rate = 0;
      }
      if (!should_be_faster(row, other) || !(row.rate < (1 - slack) * other.rate)) continue;
      if (row.marked.empty()) concerned.push_back(i);
      row.marked += (row.marked.empty() ? "" : "; ") + words_for(row, other);
      concerned.push_back(k);
    }
  }
  std::sort(concerned.begin(), concerned.end());
  concerned.erase(std::unique(concerned.begin(), concerned.end()), concerned.end());
  return concerned;
}

}  // namespace tripartite::bench
