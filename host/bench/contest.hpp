#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tripartite/backend.hpp"

/// Benchmarks of whole workloads beside a rival that computes the same numbers, and beside what the machine can do at
/// best. All sides run in turns; the least time of each counts, since other work on the machine only adds to it.
namespace tripartite::bench {

struct Options {
  std::vector<std::string> workloads;  // names; empty: all that run by default
  Backend backend = Backend::automatic;
  std::vector<Precision> precisions{Precision::float32, Precision::float64};
  int threads = 0;  // 0: all
  bool quick = false;

  int turns() const { return quick ? 3 : 7; }
};

/// What the work of a contest is measured against at best.
enum class Ceiling { none, multiply_add, product };

/// One turn of one side.
struct Turn {
  double seconds = 0;
  double check = 0;  // a number that the other side must reproduce
};

struct Contest {
  std::string workload, variant;
  std::optional<InstructionSet> instruction_set;  // whose loops are timed; none: those that a run would choose
  Precision precision = Precision::float32;
  long n = 0;        // elements
  double work = 0;   // units of one turn
  std::string unit;  // "synapse steps"
  std::function<Turn()> own;
  std::vector<std::string> rival;  // words for tripartite_rivals; empty: there is none
  double tolerance = 0;            // relative, of the checks
  Ceiling ceiling = Ceiling::none;
  double operations = 0;  // floating-point operations of one unit
  std::string remark;
};

/// Rates are units per second.
struct Row {
  std::string workload, variant, precision, unit, peer, remark;
  std::optional<InstructionSet> instruction_set;
  int threads = 0;
  long n = 0;
  double rate = 0;
  std::optional<double> peer_rate, ceiling;
  std::string wrong;  // why the times do not count

  /// What of the workload this is, with the instruction set if one was asked for.
  std::string name() const;
  std::optional<double> ratio() const;
  std::optional<double> fraction() const;
};

/// A workload by its name. `prepare` makes its contests; inputs are made in the first turn of each.
struct Workload {
  const char* name;
  const char* title;
  bool by_default;
  std::vector<Contest> (*prepare)(const Options&);
};

std::vector<Contest> synapse_contests(const Options&);
std::vector<Contest> accuracy_contests(const Options&);
std::vector<Contest> head_contests(const Options&);
std::vector<Contest> memory_contests(const Options&);
std::vector<Contest> astrocyte_contests(const Options&);
std::vector<Contest> network_contests(const Options&);
std::vector<Contest> matrix_contests(const Options&);
std::vector<Contest> scaling_contests(const Options&);

const std::vector<Workload>& workloads();

/// Number of threads that a run uses.
int threads_of(const Options& options);

/// What tripartite_rivals is asked for beside a contest; `second` is the in-degree (W5) or the number of patterns (W3).
std::vector<std::string> rival_words(const char* workload, const Contest& contest, std::int64_t steps,
                                     std::int64_t second, std::string_view method, const Options& options);

/// Runs all turns of one contest. A side whose check is wrong, or not finite, has no time.
Row compete(const Contest& contest, const Options& options);

/// Cells of the matrix in which a wider instruction set is slower than a narrower one, or float32 slower than float64,
/// by more than `slack`; each as a sentence.
std::vector<std::string> anomalies(const std::vector<Row>& rows, double slack = 0.05);

}  // namespace tripartite::bench
