#include <algorithm>

#include "host/network/segmented_sum.hpp"
#include "kernels/network/device_projections.hpp"
#include "tripartite/error.hpp"

namespace tripartite::network::cuda {

std::vector<Index> order_of_elements(const NetworkSetup& setup, std::size_t population) {
  const auto& all = setup.projections;
  const auto sum = std::find_if(all.begin(), all.end(), [&](const Projection& projection) {
    return projection.source == population &&
           (projection.kind == ProjectionKind::sum || projection.kind == ProjectionKind::mean);
  });
  if (sum == all.end()) return {};
  const ModelDescription& model = setup.populations[population].model->description;
  const auto gather = std::find_if(all.begin(), all.end(), [&](const Projection& projection) {
    return projection.target == population && projection.kind == ProjectionKind::gather &&
           model.inputs[std::size_t(input_place(model, projection.to))].clock == Clock::slow;
  });
  std::vector<Index> order;
  if (gather == all.end()) {
    order = Segments(sum->index, setup.populations[sum->target].size).member;
  } else {
    const std::vector<Index> by_gather = Segments(gather->index, setup.populations[gather->source].size).member;
    const Segments by_target(ordered<Index>(sum->index, by_gather), setup.populations[sum->target].size);
    order = ordered<Index>(by_gather, by_target.member);
  }
  if (std::is_sorted(order.begin(), order.end())) return {};
  return order;
}

std::vector<std::size_t> order_of_populations(const NetworkSetup& setup, bool gathering) {
  const std::size_t count = setup.populations.size();
  std::vector<std::size_t> order;
  std::vector<bool> is_placed(count);
  const auto waits = [&](std::size_t p, bool also_for_readers) {
    return std::any_of(setup.projections.begin(), setup.projections.end(), [&](const Projection& projection) {
      if (projection.source == projection.target) return false;
      if (projection.kind == ProjectionKind::gather)
        return also_for_readers && projection.source == p && !is_placed[projection.target];
      return projection.target == p && !is_placed[projection.source] && source_place(setup, projection).is_output;
    });
  };
  const auto place_next = [&](bool also_for_readers) {
    for (std::size_t p = 0; p < count; ++p) {
      if (is_placed[p] || waits(p, also_for_readers)) continue;
      is_placed[p] = true;
      order.push_back(p);
      return true;
    }
    return false;
  };
  while (order.size() < count)
    if (!(gathering && place_next(true)) && !place_next(false))
      throw ConfigError("projections of outputs form a circle: an output depends on inputs of its own time");
  for (const Projection& projection : setup.projections)
    if (projection.source == projection.target && projection.kind != ProjectionKind::pair &&
        source_place(setup, projection).is_output)
      throw ConfigError(setup.populations[projection.source].name +
                        ": an output cannot be added up in an input of the same population");
  return order;
}

}  // namespace tripartite::network::cuda
