#include "host/report/attend/synapse_traces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/temporary_directory.hpp"
#include "report/attend_run.hpp"

namespace tripartite::report::attend {
namespace {

using testing::ElementsAre;

SynapseTraces traces_of(const AttendRun& run) {
  const TemporaryDirectory directory;
  run.write(directory.path());
  const Run source{directory.path(), run.summary()};
  return read_synapse_traces(RunFiles(source));
}

std::vector<int> tokens_of(const Stretch& stretch) {
  std::vector<int> tokens;
  for (const PhaseSpan& phase : stretch.phases)
    if (tokens.empty() || tokens.back() != phase.token) tokens.push_back(phase.token);
  return tokens;
}

TEST(SynapseTraces, StartWithTheFirstTokens) {
  const auto traces = traces_of({});
  ASSERT_EQ(traces.stretches.size(), 1U);
  EXPECT_THAT(tokens_of(traces.stretches[0]), ElementsAre(0, 1, 2, 3));
  EXPECT_DOUBLE_EQ(traces.stretches[0].begin, 0);
  EXPECT_NEAR(traces.stretches[0].end, 4 * 0.7, 1e-9);  // settle, write and read of four tokens
}

TEST(SynapseTraces, SeparateWritingFromReadingInBidirectionalRuns) {
  AttendRun run;
  run.causal = false;
  const auto traces = traces_of(run);
  ASSERT_EQ(traces.stretches.size(), 2U);
  EXPECT_NEAR(traces.stretches[0].end, 4 * 0.2, 1e-9);
  EXPECT_NEAR(traces.stretches[1].begin, 24 * 0.2, 1e-9);
  EXPECT_THAT(tokens_of(traces.stretches[1]), ElementsAre(0, 1, 2, 3));
}

TEST(SynapseTraces, ShowTokensThatChangeTheRecordedSynapses) {
  AttendRun run;
  run.recorded = {12, 13, 14, 15, 20};
  const auto traces = traces_of(run);
  ASSERT_EQ(traces.stretches.size(), 1U);
  EXPECT_THAT(tokens_of(traces.stretches[0]), ElementsAre(12, 13, 14, 15));
  EXPECT_THAT(traces.synapses, ElementsAre("(0, 12)", "(0, 13)", "(0, 14)", "(0, 15)"));
}

TEST(SynapseTraces, NameLayerHeadAndSynapse) {
  AttendRun run;
  run.recorded_head = 1 * 4 + 2;
  const auto traces = traces_of(run);
  EXPECT_EQ(traces.head, "layer 1, head 2");
  EXPECT_THAT(traces.synapses, ElementsAre("(0, 0)", "(0, 1)", "(0, 2)", "(1, 1)"));
}

TEST(SynapseTraces, MatchTheRecordedValuesAtTheirTimes) {
  const auto traces = traces_of({});
  ASSERT_EQ(traces.fields.size(), 3U);
  ASSERT_EQ(traces.fields[1].symbol, "g");
  // The store of synapse (0, 0) rises from 0 to 1 while token 0 is written (0.1 s to 0.2 s).
  for (std::size_t frame = 0; frame < traces.time.size(); ++frame) {
    const double expected = std::clamp((traces.time[frame] - 0.1) / 0.1, 0.0, 1.0);
    ASSERT_NEAR(traces.fields[1].values[0][frame], expected, 1e-9) << "at " << traces.time[frame];
  }
}

}  // namespace
}  // namespace tripartite::report::attend
