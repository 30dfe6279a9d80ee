// A network that continues from a saved state is, bit for bit, the one that never stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "tests/memory/memory_cases.hpp"
#include "tripartite/error.hpp"

namespace tripartite::memory {
namespace {

template <class Real>
std::unique_ptr<MemoryEngine<Real>> make(Backend backend, const Case& network) {
  return make_memory_engine<Real>(backend, network.setup, 2);
}

template <class Real>
std::string saved(const MemoryEngine<Real>& engine) {
  std::ostringstream out;
  engine.save(out);
  return out.str();
}

template <class Real>
void load(MemoryEngine<Real>& engine, const std::string& bytes) {
  std::istringstream in(bytes);
  engine.load(in);
}

/// Every number that an engine tells.
template <class Real>
std::vector<double> everything(MemoryEngine<Real>& engine, const MemorySetup& setup) {
  std::vector<double> all = engine.overlaps();
  if (why_no_energy(setup).empty()) {
    const auto energies = engine.energy();
    all.insert(all.end(), energies.begin(), energies.end());
  }
  for (int cue = 0; cue < setup.cues; ++cue) {
    for (const FieldInfo& each : fields) {
      const auto values = engine.rows(each.field, cue, 0, each.is_pair ? setup.patterns.neurons() : 1);
      all.insert(all.end(), values.begin(), values.end());
    }
    const CueStatus& status = engine.status(cue);
    all.insert(all.end(), {status.time, status.dt, double(status.steps), double(status.rejected), status.rate,
                           double(status.is_settled)});
  }
  return all;
}

Case case_of(Solver solver, int neurons, int patterns, int cues) {
  Case network = general_case(neurons, patterns, cues, true, 4);
  network.setup.parameters.solver = solver;
  network.setup.parameters.process_to_synapse = network.setup.parameters.synapse_to_process;
  return network;
}

template <class Real>
void expect_same_end(Backend backend, const Case& network, bool is_warm = false) {
  const auto straight = make<Real>(backend, network), fresh = make<Real>(backend, network);
  if (is_warm) {
    std::vector<Real> x;
    for (const auto& cue : network.start) x.insert(x.end(), cue.x.begin(), cue.x.end());
    straight->start(x, Regime::warm);
  } else {
    network.begin(*straight);
  }
  straight->advance(5, 0.73);  // in the middle of what `adaptive` would like to step
  load(*fresh, saved(*straight));
  EXPECT_EQ(everything(*fresh, network.setup), everything(*straight, network.setup)) << "as loaded";
  for (MemoryEngine<Real>* engine : {straight.get(), fresh.get()}) engine->advance(7, 2.9);
  EXPECT_EQ(everything(*fresh, network.setup), everything(*straight, network.setup)) << "at the end";
}

std::string solver_name(Solver solver) {
  switch (solver) {
    case Solver::euler: return "euler";
    case Solver::exponential_euler: return "exponential_euler";
    case Solver::rk4: return "rk4";
    case Solver::adaptive: return "adaptive";
  }
  return "";
}

class SavedMemory : public testing::TestWithParam<std::tuple<Backend, Solver>> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(backend()); !reason.empty()) GTEST_SKIP() << reason;
  }
  void TearDown() override { ::unsetenv("TRIPARTITE_INSTRUCTION_SET"); }
  static Backend backend() { return std::get<0>(GetParam()); }
  static Solver solver() { return std::get<1>(GetParam()); }

  template <class Real>
  void expect_same_end_on_every_instruction_set() {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
      ::setenv("TRIPARTITE_INSTRUCTION_SET", std::string(to_string(set)).c_str(), 1);
      if (best_instruction_set() != set) continue;
      expect_same_end<Real>(backend(), case_of(solver(), 11, 5, 2));
      expect_same_end<Real>(backend(), case_of(solver(), 33, 70, 1), true);
      if (backend() == Backend::cuda) break;
      expect_same_end<Real>(backend(), case_of(solver(), 150, 9, 2));  // two panels of tiles
    }
  }
};

TEST_P(SavedMemory, ContinuesBitForBitInFloat32) { expect_same_end_on_every_instruction_set<float>(); }
TEST_P(SavedMemory, ContinuesBitForBitInFloat64) { expect_same_end_on_every_instruction_set<double>(); }

TEST_P(SavedMemory, KeepsWhichCuesHaveSettled) {
  Case network = case_of(solver(), 9, 3, 3);
  network.setup.parameters.settled_rate = 0.05;
  const auto straight = make<double>(backend(), network), fresh = make<double>(backend(), network);
  network.begin(*straight);
  const auto settled = [&] {
    int count = 0;
    for (int cue = 0; cue < 3; ++cue) count += straight->status(cue).is_settled ? 1 : 0;
    return count;
  };
  for (int step = 0; step < 1000 && settled() == 0; ++step) straight->advance(1, 1e300);
  ASSERT_GT(settled(), 0);
  load(*fresh, saved(*straight));
  for (MemoryEngine<double>* engine : {straight.get(), fresh.get()}) engine->advance(20, 1e300);
  EXPECT_EQ(everything(*fresh, network.setup), everything(*straight, network.setup));
}

INSTANTIATE_TEST_SUITE_P(Solvers, SavedMemory,
                         testing::Combine(testing::Values(Backend::cpu, Backend::cuda),
                                          testing::Values(Solver::euler, Solver::exponential_euler, Solver::rk4,
                                                          Solver::adaptive)),
                         [](const auto& each) {
                           return std::string(to_string(std::get<0>(each.param))) + "_" +
                                  solver_name(std::get<1>(each.param));
                         });

class SavedMemoryOn : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  }
  std::unique_ptr<MemoryEngine<float>> busy(const Case& network) const {
    auto engine = make<float>(GetParam(), network);
    network.begin(*engine);
    engine->advance(3, 1e300);
    return engine;
  }
  /// What FileError says where the stream is loaded into the usual network, which must not change.
  std::string refusal(const std::string& bytes) const {
    const auto engine = busy(usual());
    const std::string before = saved(*engine);
    std::string words;
    try {
      load(*engine, bytes);
    } catch (const FileError& e) {
      words = e.what();
    }
    EXPECT_EQ(saved(*engine), before) << words;
    return words;
  }
  std::string refusal(const Case& of) const { return refusal(saved(*busy(of))); }
  static Case usual() { return case_of(Solver::rk4, 6, 3, 2); }
};

TEST_P(SavedMemoryOn, NamesWhatDiffersAndStaysAsItIs) {
  using testing::HasSubstr;
  EXPECT_THAT(refusal(case_of(Solver::rk4, 7, 3, 2)), HasSubstr("neurons is 7, expected 6"));
  EXPECT_THAT(refusal(case_of(Solver::rk4, 6, 3, 1)), HasSubstr("cues is 1, expected 2"));
  EXPECT_THAT(refusal(case_of(Solver::rk4, 6, 4, 2)), HasSubstr("patterns is 4, expected 3"));
  EXPECT_THAT(refusal(case_of(Solver::euler, 6, 3, 2)), HasSubstr("solver is \"euler\", expected \"rk4\""));
  Case other = usual();
  other.setup.parameters.gain_synapse = 2;
  EXPECT_THAT(refusal(other), HasSubstr("gain_synapse is 2"));
  other = usual();
  other.setup.patterns = Patterns::random(6, 3, 99);
  EXPECT_THAT(refusal(other), HasSubstr("signs of patterns"));
  other = usual();
  other.setup.biases.process.back() += 1;
  EXPECT_THAT(refusal(other), HasSubstr("biases"));
  const auto precise = make<double>(GetParam(), usual());
  usual().begin(*precise);
  EXPECT_THAT(refusal(saved(*precise)), HasSubstr("float64"));
}

TEST_P(SavedMemoryOn, RefusesADamagedStreamAndStaysAsItIs) {
  const std::string whole = saved(*busy(usual()));
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 60) {
    EXPECT_NE(refusal(whole.substr(0, at)), "") << "cut at byte " << at;
    std::string flipped = whole;
    flipped[at] = char(flipped[at] ^ 4);
    EXPECT_NE(refusal(flipped), "") << "flipped at byte " << at;
  }
}

TEST_P(SavedMemoryOn, HasNothingToSaveBeforeItStarts) {
  const auto engine = make<float>(GetParam(), usual());
  EXPECT_THROW(saved(*engine), ConfigError);
}

TEST_P(SavedMemoryOn, ReplacesElementsAsIfItHadStartedWithThem) {
  Case network = case_of(Solver::rk4, 35, 3, 2);  // rows longer than a tile of the device
  const auto replaced = make<double>(GetParam(), network), started = make<double>(GetParam(), network);
  network.begin(*replaced);
  const std::vector<double> some = {0.3, -0.2, 0.1};
  for (const FieldInfo& each : fields) {
    replaced->set_values(each.field, 1, 33 - (each.is_pair ? 0 : 1), some, 0);
    auto& values = each.field == Field::neuron    ? network.start[1].x
                   : each.field == Field::synapse ? network.start[1].s
                                                  : network.start[1].p;
    std::copy(some.begin(), some.end(), values.begin() + 33 - (each.is_pair ? 0 : 1));
  }
  network.begin(*started);
  for (MemoryEngine<double>* engine : {replaced.get(), started.get()}) engine->advance(4, 1e300);
  // A pass over one cue and one over two round alike on the CPU.
  for (int cue = 0; cue < 2; ++cue)
    EXPECT_LE(difference(state_of(*replaced, cue, 35), state_of(*started, cue, 35)),
              GetParam() == Backend::cpu ? 0 : 1e-14);
  EXPECT_THROW(replaced->set_values(Field::neuron, 0, 33, some, 0), ConfigError);
  EXPECT_THROW(replaced->set_values(Field::neuron, 2, 0, some, 0), ConfigError);
  EXPECT_THROW(replaced->energy(), ConfigError);  // no longer symmetric
}

TEST_P(SavedMemoryOn, GoesOnFromTheTimeAtWhichASettledCueIsDisturbed) {
  for (const Solver solver : {Solver::rk4, Solver::adaptive}) {
    Case network = case_of(solver, 6, 3, 1);
    network.setup.parameters.settled_rate = 1e-3;
    const auto engine = make<double>(GetParam(), network), fresh = make<double>(GetParam(), network);
    network.begin(*engine);
    engine->advance(1'000'000, 1e300);
    ASSERT_TRUE(engine->status(0).is_settled);
    const double later = std::round(engine->status(0).time + 10);
    const std::vector<double> one = {0.9};
    engine->set_values(Field::neuron, 0, 2, one, later);
    EXPECT_FALSE(engine->status(0).is_settled);
    load(*fresh, saved(*engine));
    for (MemoryEngine<double>* each : {engine.get(), fresh.get()}) {
      each->advance(1'000'000, later + 0.5);
      EXPECT_NEAR(each->status(0).time, later + 0.5, 1e-9);
    }
    EXPECT_EQ(everything(*fresh, network.setup), everything(*engine, network.setup));
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, SavedMemoryOn, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& each) { return std::string(to_string(each.param)); });

TEST(SavedCudaMemory, ContinuesOnTheCpuToRounding) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const Case network = case_of(Solver::adaptive, 11, 5, 2);
  const auto there = make<double>(Backend::cuda, network), here = make<double>(Backend::cpu, network);
  network.begin(*there);
  there->advance(5, 0.73);
  load(*here, saved(*there));
  there->advance(7, 2.9);
  here->advance(7, 2.9);
  // A dozen steps, each some ten roundings; differences do not grow in this time.
  for (int cue = 0; cue < 2; ++cue) EXPECT_LT(difference(state_of(*here, cue, 11), state_of(*there, cue, 11)), 1e-13);
}

}  // namespace
}  // namespace tripartite::memory
