#include "host/run/course.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tripartite/error.hpp"

namespace tripartite::run {
namespace {

using testing::ElementsAre;

/// Counts its steps; an event lies at every third.
class Counting final : public Course {
 public:
  std::int64_t at() const override { return made; }
  void advance(std::int64_t steps) override {
    for (const std::int64_t end = made + steps; made < end;) {
      if (made == fails_at) throw NumericsError("no number");
      ++made;
      if (made % 3 == 0) events.push_back({double(made), 0, 0});
      if (made == wants_to_stop_at) is_stopping = true;
    }
  }
  bool is_over() const override { return made >= over_at; }
  std::vector<Event> take_events() override { return std::exchange(events, {}); }
  void stop_when(std::function<bool()> wish) override { stop = std::move(wish); }

  std::int64_t made = 0, over_at = 1000, fails_at = -1, wants_to_stop_at = -1;
  bool is_stopping = false;
  std::function<bool()> stop;
  std::vector<Event> events;
};

class Seen final : public Visitor {
 public:
  explicit Seen(const Counting& course) : course_(course) {}
  void frame() override { frames.push_back(course_.made); }
  void events(std::span<const Event> all) override {
    for (const Event& event : all) times.push_back(event.time);
  }
  std::vector<std::int64_t> frames;
  std::vector<double> times;

 private:
  const Counting& course_;
};

TEST(Course, ShowsFramesAndEventsToTheEndOfThePlan) {
  Counting course;
  Seen seen(course);
  std::vector<double> told;
  run(course, {.steps = 10, .frame_steps = 4}, {.progress = [&](double fraction) { told.push_back(fraction); }}, seen);
  EXPECT_EQ(course.made, 10);
  EXPECT_THAT(seen.frames, ElementsAre(0, 4, 8));
  EXPECT_THAT(seen.times, ElementsAre(3, 6, 9));
  EXPECT_EQ(told.front(), 0);
  EXPECT_EQ(told.back(), 1);
}

TEST(Course, GoesOnWhereItIs) {
  Counting course;
  course.made = 5;
  Seen seen(course);
  run(course, {.steps = 9, .frame_steps = 4}, {}, seen);
  EXPECT_THAT(seen.frames, ElementsAre(8));
  EXPECT_EQ(course.made, 9);
}

TEST(Course, EndsWhereNothingIsLeftToHappen) {
  Counting course;
  course.over_at = 6;
  Seen seen(course);
  run(course, {.steps = 100, .frame_steps = 2}, {}, seen);
  EXPECT_EQ(course.made, 6);
  EXPECT_THAT(seen.frames, ElementsAre(0, 2, 4, 6));
}

TEST(Course, ChangesItsInputsWhereThePlanSays) {
  Counting course;
  Seen seen(course);
  std::vector<std::int64_t> changes;
  run(course,
      {.steps = 12,
       .frame_steps = 12,
       .steps_at_once = 256,
       .next_change = [](std::int64_t step) { return step < 7 ? std::int64_t(7) : std::int64_t(1000); },
       .change = [&](std::int64_t step) { changes.push_back(step); }},
      {}, seen);
  EXPECT_THAT(changes, ElementsAre(0, 7));
}

TEST(Course, StopsOnRequestAndKeepsNoWishOfACallerThatIsGone) {
  Counting course;
  course.wants_to_stop_at = 4;
  Seen seen(course);
  EXPECT_THROW(run(course, {.steps = 100, .frame_steps = 1}, {.should_stop = [&] { return course.is_stopping; }}, seen),
               Cancelled);
  EXPECT_EQ(course.made, 4);
  EXPECT_FALSE(course.stop);
}

TEST(Course, HandsOutTheEventsBeforeAFault) {
  Counting course;
  course.fails_at = 8;
  Seen seen(course);
  EXPECT_THROW(run(course, {.steps = 100, .frame_steps = 100, .steps_at_once = 64}, {}, seen), NumericsError);
  EXPECT_THAT(seen.times, ElementsAre(3, 6));
}

}  // namespace
}  // namespace tripartite::run
