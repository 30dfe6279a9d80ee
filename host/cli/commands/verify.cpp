#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "host/cli/command.hpp"
#include "host/cli/progress.hpp"
#include "host/config/choices.hpp"
#include "host/report/counted.hpp"
#include "host/verify/cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::cli {
namespace {

constexpr auto examples =
    "Each DIR is a reference case or a folder of cases. The error of a variable is its largest difference, relative "
    "to\n"
    "its largest value. In float32 a release may move by up to 4 ms; the values between both of its times (and 120 ms\n"
    "on of G_A and Gamma_S, which follow it) are left out and counted. A case that cannot be read or run is reported\n"
    "with the reason, and the others go on. Exit status 0 only if every case could be compared and every comparison\n"
    "passes.\n"
    "\n"
    "Examples:\n"
    "  tripartite verify tests/data/a_favor_causal\n"
    "  tripartite verify tests/data --precision float32\n"
    "  tripartite verify tests/data --backend cuda --json\n";

struct Options {
  std::vector<std::filesystem::path> paths;
  std::string backend = "auto";
  std::string precision = "float64";
  std::string encoder = "models/all-MiniLM-L6-v2";
  bool json = false;
};

template <class Enum>
Enum chosen(const std::string& option, const std::string& given) {
  std::string known;
  for (const auto& [value, name] : config::Choices<Enum>::names) {
    if (name == given) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  throw ConfigError(fmt::format("{} = \"{}\": must be one of {}", option, given, known));
}

void print_rows(const verify::CaseReport& report, std::ostream& out) {
  if (!report.error.empty()) out << fmt::format("{:<20} ERROR {}\n", report.name, report.error);
  for (const verify::VerifyRow& row : report.rows)
    out << fmt::format("{:<20} {:<18} {:<26} {:>9.1e} {:>9.1e}  {}{}\n", row.case_name, row.solver, row.variable,
                       row.error, row.tolerance, row.pass ? "pass" : "FAIL",
                       row.left_out == 0 ? "" : fmt::format(", {} left out", row.left_out));
}

nlohmann::ordered_json as_json(const verify::VerifyRow& row) {
  return {{"case", row.case_name},      {"solver", row.solver}, {"variable", row.variable}, {"error", row.error},
          {"tolerance", row.tolerance}, {"pass", row.pass},     {"left_out", row.left_out}};
}

/// The row of a case that could not be compared: what a comparison has and this has not is null.
nlohmann::ordered_json error_row(const verify::CaseReport& report) {
  return {{"case", report.name},  {"solver", nullptr}, {"variable", nullptr}, {"error", nullptr},
          {"tolerance", nullptr}, {"pass", false},     {"left_out", 0},       {"message", report.error}};
}

Status verify(const Options& options, Session& session) {
  verify::VerifyOptions how;
  how.backend = chosen<Backend>("--backend", options.backend);
  how.precision = chosen<Precision>("--precision", options.precision);
  how.encoder = options.encoder;
  how.backend = resolve(how.backend);
  const auto cases = verify::find_cases(options.paths);

  auto rows = nlohmann::ordered_json::array();
  std::size_t failed = 0, compared = 0, broken = 0;
  std::vector<std::string> skipped;
  if (!options.json)
    session.results << fmt::format("{:<20} {:<18} {:<26} {:>9} {:>9}\n", "case", "solver", "variable", "error",
                                   "tolerance");
  {
    Progress progress(session.messages, session.messages_to_terminal);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      if (session.interrupted) throw Cancelled("interrupted");
      progress.update("verifying", double(i) / double(cases.size()));
      const verify::CaseReport report = verify::verify_case(cases[i], how);
      if (!report.skipped.empty()) skipped.push_back(fmt::format("{}: {}", report.name, report.skipped));
      for (const verify::VerifyRow& row : report.rows) {
        ++compared;
        failed += row.pass ? 0 : 1;
        rows.push_back(as_json(row));
      }
      if (!report.error.empty()) {
        ++broken;
        rows.push_back(error_row(report));
      }
      if (!options.json) print_rows(report, session.results);
      session.results << std::flush;  // kept, if the user stops what follows
    }
  }
  for (const std::string& reason : skipped) session.messages << "skipped " << reason << '\n';
  if (options.json) session.results << rows.dump(2) << '\n';
  session.messages << fmt::format("{} on the {} backend in {}, {} failed; {} skipped, {} could not be compared\n",
                                  report::counted(compared, "comparison"), to_string(how.backend),
                                  to_string(how.precision), failed, report::counted(skipped.size(), "case"), broken);
  if (compared == 0 && broken == 0) session.messages << "tripartite verify: FAILED: nothing was compared\n";
  return failed == 0 && broken == 0 && compared > 0 ? Status::done : Status::failed;
}

Action declare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("directories", options->paths, "reference cases")->required()->type_name("DIR");
  app.add_option("--backend", options->backend, "auto, cuda or cpu")->type_name("NAME");
  app.add_option("--precision", options->precision, "float64 or float32")->type_name("NAME");
  app.add_option("--encoder", options->encoder, "model directory of the cases with texts and embeddings")
      ->type_name("DIR");
  app.add_flag("--json", options->json,
               "print a list of {case, solver, variable, error, tolerance, pass, left_out}; a case that could not be "
               "compared is one row with nulls and its message");
  return [options](Session& session) { return verify(*options, session); };
}

}  // namespace

Command verify_command() {
  return {.name = "verify",
          .summary = "compare this build with reference cases",
          .examples = examples,
          .work = {.declare = declare}};
}

}  // namespace tripartite::cli
