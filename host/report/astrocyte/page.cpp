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
  Table table{{"quantity", "value"}, {}, false};
  table.rows.push_back({"calcium", number(number_of("/results/lowest_calcium_uM")) + " to " +
                                       number(number_of("/results/highest_calcium_uM")) + " uM"});
  table.rows.push_back({"largest slow inward current", number(number_of("/results/highest_current"))});
  page.section("Result", to_html(table));
  page.section("Pictures", "");
  page.picture(
      "Single astrocytes",
      "I: IP3, C: calcium, h: fraction of IP3 receptors not inactivated by calcium, I_SIC: slow inward current "
      "into nearby neurons.",
      recorded_picture(run.directory, "astrocyte"));
  page.picture("Upward crossings of the calcium threshold",
               "Each dot is one crossing; below, crossings per astrocyte and second.",
               events_picture(run.directory / "crossings.h5", number_of("/results/simulated_s"),
                              std::uint64_t(number_of("/results/astrocytes")), "astrocyte"));
}

}  // namespace tripartite::report
