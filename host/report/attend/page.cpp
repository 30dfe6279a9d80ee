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
  const char* title;
  const char* reading;
  Picture (*draw)(const attend::RunFiles& run);
};

constexpr Plot plots[]{
    {"Synapses while tokens are written and read",
     "Writing (plasticity open) deposits Hebbian strength H and calcium store g. Reading lets the calcium p settle at "
     "the normaliser of the token that reads; the synapse divides by it, and the output is sampled at the end.",
     attend::synapse_picture},
    {"The network's output against attention's output",
     "Each point is one output channel of one head at one token. On the dashed line both outputs are equal: closer is "
     "better.",
     attend::agreement_picture},
    {"How many hidden neurons each feature map needs on this model's heads",
     "Relative error of linear attention with these features against softmax attention; lower is better. Line: median "
     "of the heads; band: their middle half. The feature map slots needs one hidden neuron per token and is then "
     "exact.",
     attend::feature_picture},
    {"How long a token must be held",
     "Relative error of the network against linear attention with the same features; lower is better. Line: median of "
     "the heads; band: their middle half; dashed: residue of the previous token in the filters. Where a curve is flat, "
     "the other time or the precision limits the error.",
     attend::schedule_picture},
    {"Attention weights of one head of the transformer and of the network",
     "Row: the token that attends; column: the attended token. The first two should look the same; the third shows the "
     "difference between them, on its own scale.",
     attend::attention_picture},
};

}  // namespace

void write_attend(const Run& run, Page& page) {
  const attend::RunFiles files(run);
  page.headline(attend::headline(files));
  const bool is_image = attend::has_image(files);
  if (is_image)
    page.section("Input image", attend::image_read(files));
  else
    page.section("Input text", attend::text_read(files));
  page.section(fmt::format("End to end: transformer and network on this {}", is_image ? "image" : "text"),
               attend::class_table(files) + attend::end_to_end_table(files));
  page.section("Layer by layer", attend::layer_table(files));
  if (part_at(run.summary, "/results").contains("calcium"))
    page.section("Calcium as the normaliser", attend::calcium_table(files));
  page.section("Pictures", "");
  if (is_image)
    page.picture(
        "Attention of the class token",
        "Each pair shows one head of the transformer and of the network on the same scale: the more a patch is "
        "attended to, the more it glows, brightest the strongest patch of the head.",
        attend::attention_on_image(files));
  if (part_at(run.summary, "/results").contains("calcium"))
    page.picture(
        "Settled calcium against global calcium",
        "A single process with constant IP3 production, after settling. The synapses divide by p, a straight line "
        "through calcium at rest: where the curve is below the line, outputs are too large, where it is above, too "
        "small.",
        attend::calcium_picture(files));
  for (const Plot& plot : plots) page.picture(plot.title, plot.reading, plot.draw(files));
}

}  // namespace tripartite::report
