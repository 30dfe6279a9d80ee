#include "host/bench/course.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "tripartite/error.hpp"

namespace tripartite::bench {

Course course_of(NetworkSetup setup, std::int64_t steps) {
  std::uint32_t synapses = 0;
  while (setup[synapses].name != "synapses") ++synapses;
  const auto network = make_network(std::move(setup));
  network->advance_steps(steps);
  Course course;
  course.calcium.resize(network->fields()[network->field("synapses", "C")].size);
  course.releases.resize(course.calcium.size());
  network->read(network->field("synapses", "C"), 0, std::span(course.calcium));
  for (const Event& event : network->take_events())
    if (event.population == synapses) course.releases[event.index].push_back(event.time);
  return course;
}

namespace {

/// The error that `share` of the elements do not exceed.
double not_exceeded(std::vector<double> errors, double share) {
  const auto place = std::min(errors.size() - 1, std::size_t(share * double(errors.size())));
  std::nth_element(errors.begin(), errors.begin() + std::ptrdiff_t(place), errors.end());
  return errors[place];
}

void compare(const Course& course, const Course& tight, Subject& subject) {
  std::vector<double> calcium, release;
  std::size_t good = 0;
  for (std::size_t i = 0; i < tight.calcium.size(); ++i) {
    calcium.push_back(std::abs(course.calcium[i] - tight.calcium[i]));
    release.push_back(0);
    const bool is_same_number = course.releases[i].size() == tight.releases[i].size();
    if (!is_same_number) release.back() = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; is_same_number && k < tight.releases[i].size(); ++k)
      release.back() = std::max(release.back(), std::abs(course.releases[i][k] - tight.releases[i][k]));
    good += calcium.back() <= 1e-3 && release.back() <= 2e-3 ? 1 : 0;
  }
  subject.accurate = double(good) / double(tight.calcium.size());
  subject.calcium_error = not_exceeded(std::move(calcium), 0.999);
  subject.release_error = not_exceeded(std::move(release), 0.999);
}

}  // namespace

void measure_errors(NetworkSetup setup, std::int64_t steps, const Course& tight, Subject& subject) {
  try {
    compare(course_of(std::move(setup), steps), tight, subject);
  } catch (const NumericsError& e) {
    subject.wrong = e.what();
  }
}

}  // namespace tripartite::bench
