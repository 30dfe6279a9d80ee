#include <stdlib.h>

#include "fuzz/scratch.hpp"
#include "fuzz/target.hpp"
#include "host/cli/commands.hpp"
#include "host/report/report.hpp"

using namespace tripartite;

// A run directory that has nothing but summary.json, as `report` reads it; without gnuplot, which would take all the
// time.
TRIPARTITE_FUZZ_TARGET(run_summary, 200) {
  static const auto pages = [] {
    ::setenv("PATH", "", 1);
    return cli::report_pages();
  }();
  fuzz::scratch_file("summary.json", bytes);
  report::write_report(fuzz::scratch_directory(), pages);
}
