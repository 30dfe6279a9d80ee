#include <fmt/format.h>

#include "host/report/attend/image.hpp"
#include "host/report/attend/pictures.hpp"
#include "host/report/attend/results.hpp"
#include "host/report/attend/run_files.hpp"
#include "host/report/pages.hpp"
#include "host/report/summary.hpp"

namespace tripartite::report {
namespace {

struct Plot {
  const char* reading;
  attend::Titled (*draw)(const attend::RunFiles& run);
};

constexpr const char* weights_reading =
    "Row: the token that attends; column: the attended token. The first two should look the same; the third shows the "
    "difference between them, on its own scale.";

constexpr Plot plots[]{
    {"Writing (plasticity open, η = 1) deposits Hebbian strength H and calcium store g. Reading lets the calcium p "
     "settle at the normaliser of the token that reads; the synapse divides by it, and the output is sampled at the "
     "end.",
     attend::synapse_picture},
    {"Each point is one output channel of one head at one token. On the dashed line both outputs are equal: closer is "
     "better.",
     attend::agreement_picture},
    {"Relative error of linear attention with these features against softmax attention; lower is better. Line: median "
     "of the heads; band: their middle half. The feature map slots needs one hidden neuron per token and is then "
     "exact.",
     attend::feature_picture},
    {"Lower is better. Dashed: what filters in series still hold of the previous token, 1 at the change of token "
     "(docs/models.md, part A): τ_f and τ_h (or τ_ℓ) over settle time, of which the write that follows deposits the "
     "mean; "
     "τ_f, τ_h and the calcium's τ_p over read time, at whose end the output is sampled. A head's error is this times "
     "how "
     "much successive tokens differ, and so runs parallel to it. Where a curve is flat, the other time or the "
     "precision "
     "limits the error.",
     attend::schedule_picture},
};

}  // namespace

void write_attend(const Run& run, Page& page) {
  const attend::RunFiles files(run);
  page.headline(attend::headline(files));
  const bool is_image = attend::has_image(files);
  if (is_image)
    page.section("Input image", attend::image_read(files));
  else if (const std::string text = attend::text_read(files); !text.empty())
    page.section("Input text", text);
  if (const std::string tables = attend::class_table(files) + attend::end_to_end_table(files); !tables.empty())
    page.section(fmt::format("End to end: transformer and network on this {}", is_image ? "image" : "text"), tables);
  if (const std::string table = attend::layer_table(files); !table.empty()) page.section("Layer by layer", table);
  const bool has_calcium = part_at(run.summary, "/results").contains("calcium");
  if (has_calcium) page.section("Calcium as the normaliser", attend::calcium_table(files));
  if (const std::string drawn = attend::attention_on_image(files); !drawn.empty())
    page.picture(attend::image_title(files),
                 "Each pair shows one head of the transformer and of the network on the same scale, which is below it: "
                 "the more a patch is attended to, the more it glows, brightest the strongest patch of the head.",
                 std::string_view(drawn));
  if (has_calcium) {
    const auto [title, picture] = attend::calcium_picture(files);
    page.picture(title,
                 "A single process with constant IP3 production, after settling. The synapses divide by p, a straight "
                 "line through calcium at rest: where the curve is below the line, outputs are too large, where it is "
                 "above, too small.",
                 picture);
  }
  for (const Plot& plot : plots) {
    const auto [title, picture] = plot.draw(files);
    page.picture(title, plot.reading, picture);
  }
  if (const auto choices = attend::attention_pictures(files); !choices.empty())
    page.choice("head", weights_reading, choices);
}

}  // namespace tripartite::report
