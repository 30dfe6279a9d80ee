#include "kernels/network/device_projections.hpp"

#include <algorithm>

#include "host/network/segmented_sum.hpp"

namespace tripartite::network::cuda {
namespace {

constexpr std::size_t chunks_of_one_warp = 8;  // groups of more chunks are formed by a warp per chunk

/// The user's indices of a population as places on the device.
std::vector<Index> placed(std::vector<Index> indices, const std::vector<Index>& order) {
  if (order.empty()) return indices;
  const std::vector<Index> places = places_of(order);
  for (Index& index : indices) index = places[index];
  return indices;
}

bool is_counting(const std::vector<Index>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != i) return false;
  return true;
}

}  // namespace

template <class Real>
DeviceProjections<Real>::DeviceProjections(const NetworkSetup& setup, std::vector<DevicePopulation<Real>>& populations,
                                           const std::vector<std::size_t>& order, DeviceMemory& memory)
    : populations_(populations), joints_(setup.projections.size()) {
  std::vector<std::size_t> rank(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) rank[order[k]] = k;
  for (const DevicePopulation<Real>& population : populations)
    outputs_.emplace_back(population.description().outputs.size());
  for (std::size_t j = 0; j < joints_.size(); ++j) {
    const Projection& projection = setup.projections[j];
    const DevicePopulation<Real>& target = populations[projection.target];
    Joint& joint = joints_[j];
    joint.kind = projection.kind;
    joint.source = projection.source;
    joint.target = projection.target;
    joint.input = std::size_t(input_place(target.description(), projection.to));
    joint.from = source_place(setup, projection);
    joint.clock = target.description().inputs[joint.input].clock;
    if (!target.fast) joint.clock = Clock::slow;
    if (!target.slow) joint.clock = Clock::fast;
    switch (joint.kind) {
      case ProjectionKind::gather:
        joint.host_member = placed(ordered<Index>(projection.index, target.order), populations[joint.source].order);
        joint.is_copied = rank[joint.source] <= rank[joint.target];
        if (joint.is_copied) memory.want(joint.copy, populations[joint.source].size);
        break;
      case ProjectionKind::pair: describe_pairs(joint, projection); break;
      case ProjectionKind::sum:
      case ProjectionKind::mean: describe_sum(joint, projection); break;
    }
    memory.want(joint.member, joint.host_member.size());
    memory.want(joint.begin, joint.host_begin.size());
    memory.want(joint.weight, joint.host_weight.size());
    memory.want(joint.chunk_begin, joint.host_chunk_begin.size());
    memory.want(joint.chunk_group, joint.host_chunk_group.size());
    memory.want(joint.chunk_sum, joint.host_chunk_group.size());
  }
  for (std::size_t p = 0; p < populations.size(); ++p)
    for (std::size_t k = 0; k < outputs_[p].size(); ++k)
      if (std::any_of(joints_.begin(), joints_.end(), [&](const Joint& joint) {
            return joint.source == p && joint.from.is_output && std::size_t(joint.from.place) == k;
          }))
        memory.want(outputs_[p][k], populations[p].size);
  // An input is summed by as few launches as can be: those of states and pairs before the populations advance.
  for (std::size_t p = 0; p < populations.size(); ++p)
    for (std::size_t i = 0; i < populations[p].inputs.size(); ++i) {
      if (!populations[p].inputs[i].is_summed) continue;
      const std::size_t first = launches_.size();
      for (const bool outputs : {false, true})
        for (std::size_t j = 0; j < joints_.size(); ++j) {
          const Joint& joint = joints_[j];
          if (joint.target != p || joint.input != i || joint.from.is_output != outputs) continue;
          const bool joins = joint.kind != ProjectionKind::pair && launches_.size() > first &&
                             launches_.back().has_outputs == outputs &&
                             launches_.back().joints.size() < std::size_t(most_terms) &&
                             joints_[launches_.back().joints.front()].kind != ProjectionKind::pair;
          if (joins)
            launches_.back().joints.push_back(j);
          else
            launches_.push_back({p, i, {j}, launches_.size() == first, false, outputs});
        }
      launches_.back().is_last = true;
      if (launches_.size() > first + 1) memory.want(populations[p].inputs[i].partial, populations[p].size);
    }
}

template <class Real>
void DeviceProjections<Real>::describe_sum(Joint& joint, const Projection& projection) const {
  const DevicePopulation<Real>&source = populations_[joint.source], &target = populations_[joint.target];
  const Segments onto(placed(ordered<Index>(projection.index, source.order), target.order), target.size);
  joint.host_begin.assign(onto.begin.begin(), onto.begin.end());
  if (!is_counting(onto.member)) joint.host_member = onto.member;
  if (!projection.weight.empty()) joint.host_weight = ordered<Real>(projection.weight, source.order);
  std::size_t largest = 0;
  for (std::size_t g = 0; g < target.size; ++g)
    largest = std::max(largest, onto.block_begin[g + 1] - onto.block_begin[g]);
  if (largest <= chunks_of_one_warp) return;
  joint.host_chunk_begin.assign(onto.block_begin.begin(), onto.block_begin.end());
  for (std::size_t g = 0; g < target.size; ++g)
    joint.host_chunk_group.insert(joint.host_chunk_group.end(), onto.block_begin[g + 1] - onto.block_begin[g],
                                  std::uint32_t(g));
}

template <class Real>
void DeviceProjections<Real>::describe_pairs(Joint& joint, const Projection& projection) const {
  const DevicePopulation<Real>& population = populations_[joint.target];
  std::vector<std::pair<Index, Index>> pairs = projection.pairs;
  if (!population.order.empty()) {
    const std::vector<Index> places = places_of(population.order);
    for (auto& [a, b] : pairs) a = places[a], b = places[b];
  }
  const Neighbours neighbours(pairs, population.size);
  joint.host_begin.assign(neighbours.begin.begin(), neighbours.begin.end());
  joint.host_member = neighbours.neighbour;
}

template <class Real>
void DeviceProjections<Real>::upload(cudaStream_t stream) {
  static_assert(chunk_members == Segments::block);
  const auto move = [&](auto& buffer, auto& values) {
    buffer.upload(values, 0, stream);
    values = {};
  };
  for (Joint& joint : joints_) {
    move(joint.member, joint.host_member);
    move(joint.begin, joint.host_begin);
    move(joint.weight, joint.host_weight);
    move(joint.chunk_begin, joint.host_chunk_begin);
    move(joint.chunk_group, joint.host_chunk_group);
    joint.copy.clear(stream);
  }
  for (auto& of_population : outputs_)
    for (auto& output : of_population) output.clear(stream);
}

template <class Real>
SumTerm<Real> DeviceProjections<Real>::term_of(const Joint& joint, const Real* value) const {
  SumTerm<Real> term;
  term.value = value;
  term.weight = joint.weight.data();
  term.member = joint.member.data();
  term.begin = joint.begin.data();
  term.chunk_begin = joint.chunk_begin.data();
  term.chunk_sum = joint.chunk_sum.data();
  term.is_mean = joint.kind == ProjectionKind::mean;
  return term;
}

template <class Real>
void DeviceProjections<Real>::form(const Launch& launch, const Look& look, const StateOf& state,
                                   const population::cuda::Progress* progress, const unsigned long long* fault,
                                   cudaStream_t stream) {
  DevicePopulation<Real>& target = populations_[launch.target];
  DeviceInput<Real>& input = target.inputs[launch.input];
  population::cuda::Total<Real> total;
  total.partial = input.partial.data();
  total.is_first = launch.is_first;
  total.is_last = launch.is_last;
  total.base = input.summed_base.data();
  total.common = input.summed_course.current();
  total.common_stride = look.common_stride;
  total.common_at = look.common_at;
  total.factor = input.factor.data();
  total.value = input.value.data();
  const auto told = [&](auto run) {
    run.total = total;
    run.progress = progress;
    run.offset = look.offset;
    run.fault = fault;
    return run;
  };
  const Joint& first = joints_[launch.joints.front()];
  if (first.kind == ProjectionKind::pair) {
    population::cuda::ExchangeRun<Real> run;
    run.elements = target.elements;
    run.size = target.size;
    run.here = state(first.source, std::size_t(first.from.place));
    run.begin = first.begin.data();
    run.neighbour = first.member.data();
    target.loops->exchange(told(run), stream);
    TRIPARTITE_CUDA_TRY(cudaGetLastError());
    return;
  }
  SumRun<Real> run;
  run.groups = target.size;
  for (const std::size_t j : launch.joints) {
    const Joint& joint = joints_[j];
    const auto place = std::size_t(joint.from.place);
    const SumTerm<Real> term =
        term_of(joint, joint.from.is_output ? outputs_[joint.source][place].data() : state(joint.source, place));
    run.term[run.terms++] = term;
    if (joint.chunk_group.size() == 0) continue;
    ChunkRun<Real> chunks;
    chunks.term = term;
    chunks.group = joint.chunk_group.data();
    chunks.chunks = std::uint32_t(joint.chunk_group.size());
    chunks.sum = joint.chunk_sum.data();
    chunks.progress = progress;
    chunks.offset = look.offset;
    chunks.fault = fault;
    launch_chunks(chunks, stream);
  }
  launch_sums(told(run), stream);
}

template <class Real>
void DeviceProjections<Real>::look_at_states(const Look& look, const StateOf& state,
                                             const population::cuda::Progress* progress,
                                             const unsigned long long* fault, const NextStream& next) {
  for (const Joint& joint : joints_)
    if (needs_copy(joint, look.clock) && is_of(joint, look.clock) && joint.copy.size() > 0)
      TRIPARTITE_CUDA_TRY(cudaMemcpyAsync(joint.copy.data(), state(joint.source, std::size_t(joint.from.place)),
                                          joint.copy.size() * sizeof(Real), cudaMemcpyDeviceToDevice, next()));
  cudaStream_t stream = nullptr;  // of the launches of one input
  for (const Launch& launch : launches_) {
    if (launch.has_outputs || !is_of(joints_[launch.joints.front()], look.clock)) continue;
    if (launch.is_first) stream = next();
    form(launch, look, state, progress, fault, stream);
  }
}

template <class Real>
void DeviceProjections<Real>::add_outputs(std::size_t target, const Look& look,
                                          const population::cuda::Progress* progress, const unsigned long long* fault,
                                          const NextStream& next) {
  cudaStream_t stream = nullptr;
  std::size_t input = populations_[target].inputs.size();
  for (const Launch& launch : launches_) {
    if (launch.target != target || !launch.has_outputs || !is_of(joints_[launch.joints.front()], look.clock)) continue;
    if (launch.input != input) stream = next();
    input = launch.input;
    form(launch, look, {}, progress, fault, stream);
  }
}

template <class Real>
std::vector<std::vector<std::size_t>> DeviceProjections<Real>::parts(const std::vector<std::size_t>& order) const {
  std::vector<std::size_t> part(order.size(), 0);
  std::size_t count = 1;
  for (const std::size_t p : order) {
    for (const Joint& joint : joints_) {
      if (joint.from.is_output && joint.target == p) part[p] = std::max(part[p], part[joint.source] + 2);
      if (joint.kind == ProjectionKind::gather && !joint.is_copied && joint.source == p)
        part[p] = std::max(part[p], part[joint.target] + 1);
    }
    count = std::max(count, part[p] + 1);
  }
  std::vector<std::vector<std::size_t>> parts(count);
  for (const std::size_t p : order) parts[part[p]].push_back(p);
  return parts;
}

template <class Real>
void DeviceProjections<Real>::connect(std::size_t population, StageClock clock, const StateOf& state,
                                      Elements<Real>& elements) const {
  for (const Joint& joint : joints_) {
    if (joint.kind != ProjectionKind::gather || joint.target != population) continue;
    InputPort<Real>& port = elements.input[joint.input];
    port.value = needs_copy(joint, clock) ? joint.copy.data() : state(joint.source, std::size_t(joint.from.place));
    port.index = joint.member.data();
  }
}

template class DeviceProjections<float>;
template class DeviceProjections<double>;

}  // namespace tripartite::network::cuda
