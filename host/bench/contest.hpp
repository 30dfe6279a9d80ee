#pragma once

#include <cstddef>
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
  double work = 0;   // units, where they are known only now; 0: those of the contest
};

/// What is measured. `method` and what follows it are empty or 0 where a workload has no such thing.
struct Subject {
  std::string workload, variant;  // variant: all that tells rows of a workload apart, for a person
  Precision precision = Precision::float32;
  std::string method, drive;
  bool is_spikes = false;  // they drive
  int clocks = 0;
  std::optional<InstructionSet> instruction_set;  // where one was asked for
  int threads = 0;
  long n = 0;                     // elements
  long indegree = 0, somata = 0;  // of a network
  std::int64_t steps = 0;
  double work = 0;        // units of one turn
  double operations = 0;  // floating-point operations of one unit; 0: not counted
  double bytes = 0;       // that one unit moves at least if no state stays in a cache from one pass to the next
  std::string unit;       // "synapse steps"
  std::optional<double> accurate;  // fraction of the elements that are within the bounds of the workload
  double interval = 0;  // [s] own turns hold something that a run does once in so long, those beside do not; 0: not so
  // Of nearly all elements (99.9 %): largest errors of calcium [uM] and of the time of a release [s], infinite if a
  // release is missing.
  std::optional<double> calcium_error, release_error;
  std::string wrong;  // why it is not timed, or why its times do not count
};

struct Contest : Subject {
  std::function<Turn()> own;
  std::vector<std::string> rival;  // words for tripartite_rivals; empty: there is none
  std::function<Turn()> beside;    // a rival in this process, in place of that
  std::string beside_name;
  double tolerance = 0;  // relative, of the checks
  Ceiling ceiling = Ceiling::none;
};

/// The peer that tripartite_rivals is.
inline constexpr auto plain_loop = "plain C++";

/// Rates are units per second.
struct Row : Subject {
  std::string peer;
  double rate = 0, check = 0;
  std::optional<double> peer_rate, ceiling;
  std::optional<double> of_w1;  // rate over that of independent synapses that rates drive
  std::string marked;           // what should be slower and is not

  std::optional<double> ratio() const;
  std::optional<double> fraction() const;
  /// What that which happens once in `interval` takes of it.
  std::optional<double> cost() const;
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
std::vector<Contest> precision_contests(const Options&);
std::vector<Contest> head_contests(const Options&);
std::vector<Contest> memory_contests(const Options&);
std::vector<Contest> astrocyte_contests(const Options&);
std::vector<Contest> network_contests(const Options&);
std::vector<Contest> network_precision_contests(const Options&);
std::vector<Contest> transformer_contests(const Options&);
std::vector<Contest> start_contests(const Options&);
std::vector<Contest> checkpoint_contests(const Options&);
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

/// Compares networks, and synapses that spikes drive, with independent synapses that rates drive, by the same method,
/// in the same precision and number of threads.
void compare_with_w1(std::vector<Row>& rows);

/// Takes the better of two measurements of the same contest.
void keep_better(Row& row, const Row& again);

/// Marks each row whose instruction set is wider than that of a faster row, or which has float32 where a faster one has
/// float64, if they differ in nothing else and by more than `slack`. A row whose result differs from that of the
/// baseline in float64 is wrong. Returns the rows that were marked and what they were compared with.
std::vector<std::size_t> mark(std::vector<Row>& rows, double slack = 0.05);

}  // namespace tripartite::bench
