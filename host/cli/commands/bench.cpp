#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "host/bench/contest.hpp"
#include "host/bench/rivals.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/version.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

using bench::Contest;
using bench::Row;
using bench::Workload;

constexpr auto examples_of_use =
    "Each workload runs in turns with a plain loop that a good engineer writes for speed (tripartite_rivals, built "
    "with\n"
    "-DTRIPARTITE_BENCHMARKS=ON and found beside this program or in TRIPARTITE_RIVALS); both must compute the same\n"
    "numbers. The least time of each side counts. A ceiling is the machine's rate of fused multiply-adds over the\n"
    "operations of the equations, or of W3 the time of its matrix products alone.\n"
    "\n"
    "Examples:\n"
    "  tripartite bench --quick                 all workloads in about a minute\n"
    "  tripartite bench W1 W4 --threads 1       two workloads on one core\n"
    "  tripartite bench checkpoint              what a run pays for being resumable; beside write and fsync\n"
    "  tripartite bench matrix                  every method on every instruction set; marks what should be faster\n"
    "  tripartite bench W1 --json                the rows as JSON, with every rate and ratio\n";

/// What there is to run, then the examples.
const char* examples() {
  static const std::string text = [] {
    std::string lines = "Workloads:\n";
    for (const Workload& workload : bench::workloads())
      lines +=
          fmt::format("  {:<12}{}{}\n", workload.name, workload.title, workload.by_default ? "" : " (by name only)");
    return lines + "\n" + examples_of_use;
  }();
  return text.c_str();
}

constexpr auto header =
    "workload   variant                                          precision        n        rate   vs plain  of "
    "ceiling\n";

std::string with_prefix(double rate) {
  constexpr const char* prefixes[] = {"", " k", " M", " G", " T"};
  int power = 0;
  for (; rate >= 1000 && power < 4; ++power) rate /= 1000;
  return fmt::format("{:.4g}{}", rate, prefixes[power]);
}

std::string remarks_of(const Row& row) {
  std::string words = row.unit + "/s";
  if (row.unit == "starts") words = fmt::format("starts/s: {:.1f} ms each", 1e3 / row.rate);
  if (row.of_w1) words += fmt::format("; {:.2f} of W1", *row.of_w1);
  if (row.accurate) words += fmt::format("; {:.2f} % accurate", 100 * *row.accurate);
  if (row.cost()) words += fmt::format("; {:.2f} % of every {:g} s", 100 * *row.cost(), row.interval);
  if (!row.marked.empty()) words += "; marked";
  return words;
}

std::string line_of(const Row& row) {
  if (!row.wrong.empty())
    return fmt::format("{:<10} {:<48} {:<9} {:>8}  wrong: {}\n", row.workload, row.variant, to_string(row.precision),
                       row.n, row.wrong);
  const auto ratio = row.ratio(), fraction = row.fraction();
  return fmt::format("{:<10} {:<48} {:<9} {:>8} {:>11} {:>10} {:>11}  {}\n", row.workload, row.variant,
                     to_string(row.precision), row.n, with_prefix(row.rate),
                     ratio ? fmt::format("{:.2f}x", *ratio) : "-",
                     fraction ? fmt::format("{:.0f} %", 100 * *fraction) : "-", remarks_of(row));
}

nlohmann::ordered_json json_of(const Row& row) {
  const auto number = [](const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
  };
  nlohmann::ordered_json entry{{"workload", row.workload},
                               {"variant", row.variant},
                               {"precision", to_string(row.precision)},
                               {"threads", row.threads},
                               {"n", row.n},
                               {"rate", row.rate},
                               {"unit", row.unit},
                               {"peer", row.peer},
                               {"peer_rate", number(row.peer_rate)},
                               {"ratio", number(row.ratio())},
                               {"ceiling", number(row.ceiling)},
                               {"fraction", number(row.fraction())},
                               {"method", row.method},
                               {"steps", row.steps},
                               {"work", row.work},
                               {"check", row.check}};
  if (row.operations > 0) entry["operations"] = row.operations;
  if (row.bytes > 0) entry["bytes"] = row.bytes;
  if (row.indegree > 0) entry["indegree"] = row.indegree;
  if (row.somata > 0) entry["somata"] = row.somata;
  if (row.of_w1) entry["of_w1"] = *row.of_w1;
  if (!row.drive.empty()) entry["drive"] = row.drive;
  if (row.clocks > 0) entry["clocks"] = row.clocks;
  if (row.instruction_set) entry["instruction_set"] = to_string(*row.instruction_set);
  if (row.accurate) entry["accurate"] = *row.accurate;
  if (row.cost()) {
    entry["interval"] = row.interval;
    entry["cost"] = *row.cost();
  }
  // JSON knows no infinity: null.
  if (row.calcium_error) entry["calcium_error"] = *row.calcium_error;
  if (row.release_error) entry["release_error"] = *row.release_error;
  if (!row.marked.empty()) entry["marked"] = row.marked;
  if (!row.wrong.empty()) entry["wrong"] = row.wrong;
  return entry;
}

std::vector<const Workload*> chosen(const std::vector<std::string>& names) {
  std::vector<const Workload*> all;
  for (const Workload& workload : bench::workloads())
    if (names.empty() ? workload.by_default : std::find(names.begin(), names.end(), workload.name) != names.end())
      all.push_back(&workload);
  return all;
}

constexpr int repeats = 3;  // of cells that would be marked

Status run(const bench::Options& options, bool json, Session& session) {
  resolve(options.backend);
  if (bench::rivals_program().empty())
    session.messages << "no program tripartite_rivals beside this one: rates stand alone; build with "
                        "-DTRIPARTITE_BENCHMARKS=ON\n";
  std::vector<Row> rows;
  std::vector<Contest> contests;
  if (!json) session.results << header;
  for (const Workload* workload : chosen(options.workloads)) {
    if (session.messages_to_terminal || json) session.messages << workload->name << ": " << workload->title << '\n';
    for (Contest& contest : workload->prepare(options)) {
      if (session.interrupted) return Status::interrupted;
      rows.push_back(bench::compete(contest, options));
      contests.push_back(std::move(contest));
      bench::compare_with_w1(rows);
      if (!json) session.results << line_of(rows.back()) << std::flush;
    }
  }
  // Other work on the machine slows a cell now and then: only one that is slow again and again is marked.
  std::vector<std::size_t> concerned = bench::mark(rows);
  for (int repeat = 0; repeat < repeats && !concerned.empty(); ++repeat) {
    for (const std::size_t i : concerned) {
      if (session.interrupted) return Status::interrupted;
      bench::keep_better(rows[i], bench::compete(contests[i], options));
    }
    concerned = bench::mark(rows);
  }
  if (json) {
    nlohmann::ordered_json all{{"version", nlohmann::ordered_json::parse(version_as_json())},
                               {"backend", to_string(resolve(options.backend))},
                               {"instruction_set", to_string(best_instruction_set())},
                               {"ceilings", bench::ceilings(bench::threads_of(options))},
                               {"rows", nlohmann::ordered_json::array()},
                               {"anomalies", nlohmann::ordered_json::array()}};
    for (const Row& row : rows) {
      all["rows"].push_back(json_of(row));
      if (!row.marked.empty()) all["anomalies"].push_back(row.marked);
    }
    session.results << all.dump(2) << '\n';
  } else {
    for (const Row& row : rows)
      if (!row.marked.empty()) session.results << "marked: " << row.marked << '\n';
  }
  const bool any_wrong = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.wrong.empty(); });
  return any_wrong ? Status::failed : Status::done;
}

Action declare(CLI::App& app) {
  struct Words {
    std::vector<std::string> workloads;
    std::string backend = "cpu", precision = "both";
    int threads = 0;
    bool quick = false, json = false;
  };
  const auto words = std::make_shared<Words>();
  std::vector<std::string> names;
  for (const Workload& workload : bench::workloads()) names.emplace_back(workload.name);
  app.add_option("workload", words->workloads, "workloads below; default: all but those by name only")
      ->check(CLI::IsMember(names).description(""))
      ->type_name("NAME");
  app.add_option("--backend", words->backend, "cpu or cuda")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  app.add_option("--precision", words->precision, "float32, float64 or both")
      ->check(CLI::IsMember({"float32", "float64", "both"}))
      ->capture_default_str();
  app.add_option("--threads", words->threads, "of the CPU; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--quick", words->quick, "smaller sizes and fewer turns: about a minute");
  app.add_flag("--json", words->json, "print one JSON object");
  return [words](Session& session) {
    bench::Options options;
    options.workloads = words->workloads;
    options.backend = words->backend == "cuda" ? Backend::cuda : Backend::cpu;
    if (words->precision == "float32") options.precisions = {Precision::float32};
    if (words->precision == "float64") options.precisions = {Precision::float64};
    options.threads = words->threads;
    options.quick = words->quick;
    return run(options, words->json, session);
  };
}

}  // namespace

Command bench_command() {
  return {.name = "bench",
          .summary = "measure the speed of every workload beside a plain loop and a ceiling",
          .examples = examples(),
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
