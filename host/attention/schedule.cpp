#include "tripartite/attention/schedule.hpp"

namespace tripartite::attention {

std::vector<ScheduledPhase> schedule_of(const Parameters& parameters, int first, int count, bool is_causal) {
  std::vector<ScheduledPhase> schedule;
  for (int token = first; token < first + count; ++token) {
    schedule.push_back({Phase::settle, token, parameters.settle_time});
    schedule.push_back({Phase::write, token, parameters.write_time});
    if (is_causal || token == first + count - 1) schedule.push_back({Phase::delay, token, parameters.delay_time});
    if (is_causal) schedule.push_back({Phase::read, token, parameters.read_time});
  }
  for (int token = first; token < first + count && !is_causal; ++token)
    schedule.push_back({Phase::read, token, parameters.read_time});
  return schedule;
}

}  // namespace tripartite::attention
