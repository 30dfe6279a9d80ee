#include <fmt/format.h>

#include "host/report/activity.hpp"
#include "host/report/html.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {

void write_astrocyte(const Run& run, Page& page) {
  const auto number_of = [&](const char* pointer) { return number_at(run.summary, pointer); };
  page.headline(fmt::format("{:.0f} Li-Rinzel astrocyte{} in {:g} s: calcium crosses its threshold {:.0f} times",
                            number_of("/results/astrocytes"), number_of("/results/astrocytes") == 1 ? "" : "s",
                            number_of("/results/simulated_s"), number_of("/results/crossings")));
  Table table{{"what", "value"}, {}, false};
  table.rows.push_back({"calcium", number(number_of("/results/lowest_calcium_uM")) + " to " +
                                       number(number_of("/results/highest_calcium_uM")) + " uM"});
  table.rows.push_back({"slow inward current, at most", number(number_of("/results/highest_current"))});
  page.section("Result", to_html(table));
  page.section("Pictures", "");
  page.picture("What single astrocytes do",
               "I: IP3, C: calcium, h: IP3 receptors that calcium does not inactivate, I_SIC: the slow inward current "
               "that neurons nearby receive.",
               recorded_picture(run.directory, "astrocyte"));
  page.picture("Calcium crosses its threshold upwards",
               "One dot is one crossing; below, crossings per astrocyte and s.",
               events_picture(run.directory / "crossings.h5", number_of("/results/simulated_s"),
                              std::uint64_t(number_of("/results/astrocytes")), "astrocyte"));
}

}  // namespace tripartite::report
