#include "host/run/run_loop.hpp"

#include <cmath>
#include <utility>

namespace tripartite::run {
namespace {

class StepsOf final : public Course {
 public:
  StepsOf(Simulation& simulation, double dt) : simulation_(simulation), dt_(dt) {}

  std::int64_t at() const override { return std::llround(simulation_.time() / dt_); }
  void advance(std::int64_t steps) override { simulation_.advance(double(steps) * dt_); }
  std::vector<Event> take_events() override { return simulation_.take_events(); }
  void stop_when(std::function<bool()> stop) override { simulation_.stop_when(std::move(stop)); }

 private:
  Simulation& simulation_;
  double dt_;
};

}  // namespace

void run(Simulation& simulation, const Plan& plan, std::string_view what, simulation::RunListener& listener,
         Visitor& visitor) {
  StepsOf steps(simulation, plan.dt);
  run(steps, plan,
      {.progress = [&](double fraction) { listener.progress(what, fraction); },
       .should_stop = [&listener] { return listener.cancelled(); }},
      visitor);
}

}  // namespace tripartite::run
