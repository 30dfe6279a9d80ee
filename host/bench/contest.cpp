#include "host/bench/contest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "host/bench/rivals.hpp"

namespace tripartite::bench {

std::string Row::name() const {
  return instruction_set ? fmt::format("{}, {}", variant, to_string(*instruction_set)) : variant;
}

std::optional<double> Row::ratio() const {
  if (!peer_rate) return std::nullopt;
  return rate / *peer_rate;
}
std::optional<double> Row::fraction() const {
  if (!ceiling) return std::nullopt;
  return rate / *ceiling;
}

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all{
      {"W1", "independent tripartite synapses, steps of 1 ms", true, synapse_contests},
      {"W1a", "the same at equal accuracy of calcium and releases", true, accuracy_contests},
      {"W2", "attention: 16 heads x 64 x 1024 synapses with factors of their own", true, head_contests},
      {"W3", "associative memory, steps of Euler's method", true, memory_contests},
      {"W4", "Li-Rinzel astrocytes, steps of 0.1 ms", true, astrocyte_contests},
      {"W5", "1000 rate neurons, 100 000 tripartite synapses, coupling held", true, network_contests},
      {"matrix", "W1 by method, precision, instruction set, drive", false, matrix_contests},
      {"scaling", "W1 with 1000 to 10 000 000 synapses, 1 to all threads", false, scaling_contests}};
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
  return fmt::format("the results differ: {:.9g} here, {:.9g} of the rival", own, rival);
}

}  // namespace

Row compete(const Contest& contest, const Options& options) {
  Row row;
  row.workload = contest.workload;
  row.variant = contest.variant;
  row.instruction_set = contest.instruction_set;
  row.precision = to_string(contest.precision);
  row.unit = contest.unit;
  row.remark = contest.remark;
  row.threads = threads_of(options);
  row.n = contest.n;
  const bool has_rival = !contest.rival.empty() && !rivals_program().empty();
  double own = std::numeric_limits<double>::infinity(), rival = own;
  for (int turn = 0; turn < options.turns(); ++turn) {
    const Turn here = contest.own();
    own = std::min(own, here.seconds);
    if (!std::isfinite(here.check)) row.wrong = "its own result is not finite";
    if (!has_rival) continue;
    const Turn there = run_rival(contest.rival);
    rival = std::min(rival, there.seconds);
    if (row.wrong.empty()) row.wrong = disagreement(here.check, there.check, contest.tolerance);
  }
  if (!row.wrong.empty()) return row;
  row.rate = contest.work / own;
  if (has_rival) {
    row.peer = "plain C++";
    row.peer_rate = contest.work / rival;
  }
  // A ceiling of the processor says nothing about a device.
  if (options.backend != Backend::cuda && contest.operations > 0)
    if (const auto ceiling = ceiling_of(contest.ceiling, contest.precision, row.threads))
      row.ceiling = *ceiling / contest.operations;
  return row;
}

std::vector<std::string> anomalies(const std::vector<Row>& rows, double slack) {
  const auto find = [&](const Row& like, InstructionSet set, const std::string& precision) {
    return std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
      return row.workload == like.workload && row.variant == like.variant && row.instruction_set == set &&
             row.precision == precision;
    });
  };
  std::vector<std::string> all;
  for (const Row& row : rows) {
    if (!row.instruction_set) continue;
    const auto compare = [&](InstructionSet set, const std::string& precision, std::string_view what) {
      const auto other = find(row, set, precision);
      if (other == rows.end() || row.rate >= (1 - slack) * other->rate) return;
      all.push_back(fmt::format("{} ({}) is slower than {}: {:.4g} against {:.4g} {}/s", row.name(), row.precision,
                                what, row.rate, other->rate, row.unit));
    };
    if (row.instruction_set != InstructionSet::baseline) {
      const auto narrower = InstructionSet(int(*row.instruction_set) - 1);
      compare(narrower, row.precision, to_string(narrower));
    }
    if (row.precision == "float32") compare(*row.instruction_set, "float64", "float64");
  }
  return all;
}

}  // namespace tripartite::bench
