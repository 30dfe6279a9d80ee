// A network that continues from a saved state is, bit for bit, the one that never stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "attention/network_cases.hpp"
#include "support/numbers.hpp"
#include "tripartite/attention/engine.hpp"
#include "tripartite/attention/network_attention.hpp"
#include "tripartite/attention/schedule.hpp"
#include "tripartite/backend.hpp"
#include "tripartite/error.hpp"

namespace tripartite::attention {
namespace {

using tests::NetworkCase;

/// A part of a phase between two calls of advance().
struct Piece {
  ScheduledPhase part;
  bool ends_phase = true;
};

/// The schedule of a case with every phase cut in two.
std::vector<Piece> pieces_of(const NetworkCase& network) {
  Parameters p = network.parameters;
  if (!network.delay) p.delay_time = 0;
  std::vector<Piece> pieces;
  for (const ScheduledPhase& phase : schedule_of(p, 0, network.tokens, network.causal)) {
    const double first = std::floor(phase.duration / p.dt / 3) * p.dt;
    pieces.push_back({{phase.phase, phase.token, first}, false});
    pieces.push_back({{phase.phase, phase.token, phase.duration - first}, true});
  }
  return pieces;
}

/// Pieces [first, last), with a frame in each.
template <class Real>
void run(Engine<Real>& engine, const std::vector<Piece>& pieces, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last; ++i) {
    const auto& [part, ends_phase] = pieces[i];
    if (part.duration > 0) engine.advance(part.phase, part.token, part.duration, std::vector<double>{part.duration});
    if (ends_phase) end_phase(engine, part);
  }
}

template <class Real>
std::unique_ptr<Engine<Real>> make(Backend backend, const NetworkCase& network) {
  return make_engine<Real>(backend, tests::make_setup(network), 2);
}

template <class Real>
void load_tokens(Engine<Real>& engine, const NetworkCase& network) {
  const auto drawn = [&](std::uint64_t stream) { return converted<Real>(tests::draw_tokens(network, stream, 0.8)); };
  engine.load_tokens(0, network.tokens, drawn(0).data(), drawn(1).data(), drawn(2).data());
}

/// Every field of every head.
std::vector<Probe> some_probes(const NetworkCase& network) {
  std::vector<Probe> probes;
  for (int head = 0; head < network.heads; ++head)
    for (const FieldInfo& each : fields) probes.push_back({each.field, head, 0});
  return probes;
}

template <class Real>
std::vector<Real> everything(Engine<Real>& engine, const NetworkCase& network) {
  std::vector<Real> all(std::size_t(network.tokens) * std::size_t(network.heads * network.width));
  engine.outputs(0, network.tokens, all.data());
  for (int head = 0; head < network.heads; ++head)
    for (const FieldInfo& each : fields) {
      const auto values = engine.field(each.field, head);
      all.insert(all.end(), values.begin(), values.end());
    }
  const auto frames = engine.take_frames();
  all.insert(all.end(), frames.begin(), frames.end());
  return all;
}

template <class Real>
std::string saved(const Engine<Real>& engine) {
  std::ostringstream out;
  engine.save(out);
  return out.str();
}

template <class Real>
void load(Engine<Real>& engine, const std::string& bytes) {
  std::istringstream in(bytes);
  engine.load(in);
}

/// Saves after `stop` pieces, loads into a fresh engine and compares where both end.
template <class Real>
void expect_same_end(Backend backend, const NetworkCase& network, std::size_t stop) {
  const std::vector<Piece> pieces = pieces_of(network);
  const auto straight = make<Real>(backend, network), fresh = make<Real>(backend, network);
  for (Engine<Real>* engine : {straight.get(), fresh.get()}) engine->set_probes(some_probes(network));
  load_tokens(*straight, network);
  run(*straight, pieces, 0, stop);
  straight->take_frames();
  load(*fresh, saved(*straight));
  run(*straight, pieces, stop, pieces.size());
  run(*fresh, pieces, stop, pieces.size());
  EXPECT_EQ(everything(*fresh, network), everything(*straight, network)) << "saved after " << stop << " pieces";
}

/// In the first settle, in the middle of the schedule, in the last read; before anything has happened.
std::vector<std::size_t> stops_of(const NetworkCase& network) {
  const std::size_t all = pieces_of(network).size();
  return {0, 1, 3, all / 2, all - 1};
}

std::vector<NetworkCase> all_cases() {
  std::vector<NetworkCase> list = tests::engine_cases();
  for (const auto& each : tests::calcium_cases()) list.push_back(each);
  for (NetworkCase each : tests::calcium_cases()) {
    if (each.parameters.solver != Solver::rk4) continue;
    each.parameters.solver = Solver::exact;
    each.name = "exact" + each.name.substr(3);
    list.push_back(each);
  }
  return list;
}

class SavedAttention : public testing::TestWithParam<NetworkCase> {
 protected:
  template <class Real>
  void expect_same_end_on_every_instruction_set() {
    for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512}) {
      ::setenv("TRIPARTITE_INSTRUCTION_SET", std::string(to_string(set)).c_str(), 1);
      if (best_instruction_set() != set) continue;
      for (const std::size_t stop : stops_of(GetParam())) expect_same_end<Real>(Backend::cpu, GetParam(), stop);
    }
  }
  void TearDown() override { ::unsetenv("TRIPARTITE_INSTRUCTION_SET"); }
};

TEST_P(SavedAttention, ContinuesBitForBitInFloat32) { expect_same_end_on_every_instruction_set<float>(); }
TEST_P(SavedAttention, ContinuesBitForBitInFloat64) { expect_same_end_on_every_instruction_set<double>(); }

INSTANTIATE_TEST_SUITE_P(Networks, SavedAttention, testing::ValuesIn(all_cases()), tests::case_name);

/// Small ones that CUDA has, for the emulated device.
std::vector<NetworkCase> cuda_cases() {
  std::vector<NetworkCase> list;
  for (const NetworkCase& each : all_cases()) {
    const bool has_own_processes = each.parameters.has_calcium_model() && each.parameters.heterogeneity > 0;
    if (!has_own_processes && each.width <= 9 && each.hidden <= 33) list.push_back(each);
  }
  return list;
}

class SavedCudaAttention : public testing::TestWithParam<NetworkCase> {};

TEST_P(SavedCudaAttention, ContinuesBitForBit) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  expect_same_end<float>(Backend::cuda, GetParam(), 3);
  expect_same_end<double>(Backend::cuda, GetParam(), pieces_of(GetParam()).size() - 1);
}

/// Both backends keep the same numbers, so that a run may go on on the other one; only roundings differ.
TEST_P(SavedCudaAttention, GoesOnOnTheOtherBackend) {
  if (const auto reason = why_unavailable(Backend::cuda); !reason.empty()) GTEST_SKIP() << reason;
  const NetworkCase& network = GetParam();
  const std::vector<Piece> pieces = pieces_of(network);
  const std::size_t stop = pieces.size() / 2;
  for (const auto& [from, to] : {std::pair(Backend::cuda, Backend::cpu), std::pair(Backend::cpu, Backend::cuda)}) {
    const auto first = make<double>(from, network), second = make<double>(to, network);
    load_tokens(*first, network);
    run(*first, pieces, 0, stop);
    load(*second, saved(*first));
    for (Engine<double>* engine : {first.get(), second.get()}) run(*engine, pieces, stop, pieces.size());
    const auto expected = everything(*first, network), values = everything(*second, network);
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], expected[i], 1e-9 * (1 + std::abs(expected[i])))
          << "from " << to_string(from) << ", " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, SavedCudaAttention, testing::ValuesIn(cuda_cases()), tests::case_name);

NetworkCase small_case() {
  NetworkCase network{.name = "small", .feature = Feature::favor, .heads = 2, .width = 3, .hidden = 5, .tokens = 2};
  network.parameters = tests::brisk_parameters(Solver::rk4);
  network.parameters.heterogeneity = 0.3;
  return network;
}

class SavedAttentionOn : public testing::TestWithParam<Backend> {
 protected:
  void SetUp() override {
    if (const auto reason = why_unavailable(GetParam()); !reason.empty()) GTEST_SKIP() << reason;
  }

  /// An engine in the middle of its first write.
  std::unique_ptr<Engine<float>> busy(const NetworkCase& network) const {
    auto engine = make<float>(GetParam(), network);
    load_tokens(*engine, network);
    run(*engine, pieces_of(network), 0, 3);
    return engine;
  }

  /// What FileError says where a state of `of` is loaded into small_case(), which must not change.
  template <class Real = float>
  std::string refusal(const NetworkCase& of) const {
    const auto engine = make<Real>(GetParam(), of);
    return refusal(saved(*engine));
  }
  std::string refusal(const std::string& bytes) const {
    const auto engine = busy(small_case());
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
};

TEST_P(SavedAttentionOn, NamesWhatDiffersAndStaysAsItIs) {
  const auto with = [](auto&& change) {
    NetworkCase network = small_case();
    change(network);
    return network;
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal(with([](auto& n) { n.heads = 3; })), HasSubstr("heads is 3, expected 2"));
  EXPECT_THAT(refusal(with([](auto& n) { n.width = 4; })), HasSubstr("width is 4, expected 3"));
  EXPECT_THAT(refusal(with([](auto& n) { n.hidden = 6; })), HasSubstr("hidden neurons is 6, expected 5"));
  EXPECT_THAT(refusal(with([](auto& n) { n.tokens = 3; })), HasSubstr("tokens is 3, expected 2"));
  EXPECT_THAT(refusal(with([](auto& n) { n.parameters.astrocytes = 2; })), HasSubstr("astrocytes is 2, expected 1"));
  EXPECT_THAT(refusal(with([](auto& n) { n.parameters.solver = Solver::euler; })),
              HasSubstr("solver is \"euler\", expected \"rk4\""));
  EXPECT_THAT(refusal(with([](auto& n) { n.feature = Feature::relu; })),
              HasSubstr("features is \"relu\", expected \"exponential\""));
  EXPECT_THAT(refusal(with([](auto& n) { n.parameters.tau_output = 0.006; })), HasSubstr("tau_output is 0.006"));
  EXPECT_THAT(refusal(with([](auto& n) { n.seed = 2; })), HasSubstr("feature maps"));
  EXPECT_THAT(refusal(with([](auto& n) { n.parameters.heterogeneity = 0.2; })), HasSubstr("factors of synapses"));
  EXPECT_THAT(refusal<double>(small_case()), HasSubstr("float64"));
}

TEST_P(SavedAttentionOn, RefusesADamagedStreamAndStaysAsItIs) {
  const std::string whole = saved(*busy(small_case()));
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 60) {
    EXPECT_NE(refusal(whole.substr(0, at)), "") << "cut at byte " << at;
    std::string flipped = whole;
    flipped[at] = char(flipped[at] ^ 4);
    EXPECT_NE(refusal(flipped), "") << "flipped at byte " << at;
  }
}

TEST_P(SavedAttentionOn, LoadsOverAnotherState) {
  const NetworkCase network = small_case();
  const auto engine = busy(network), other = busy(network);
  const std::string before = saved(*engine);
  run(*other, pieces_of(network), 3, 6);
  EXPECT_NE(saved(*other), before);
  load(*other, before);
  EXPECT_EQ(saved(*other), before);
}

TEST_P(SavedAttentionOn, GathersAndReplacesElements) {
  const auto engine = busy(small_case());
  for (const FieldInfo& each : fields) {
    const auto before = engine->field(each.field, 1);
    const std::vector<std::uint64_t> indices{before.size() - 1, 0, 1};
    std::vector<float> gathered(3);
    engine->gather(each.field, 1, indices, gathered);
    EXPECT_EQ(gathered, (std::vector<float>{before.back(), before[0], before[1]})) << each.name;
    const std::vector<float> two{0.25f, 0.5f};
    if (each.field == Field::store || each.field == Field::calcium) {
      EXPECT_THROW(engine->set_values(each.field, 1, 1, two), ConfigError);
      continue;
    }
    engine->set_values(each.field, 1, 1, two);
    auto expected = before;
    expected[1] = 0.25f, expected[2] = 0.5f;
    EXPECT_EQ(engine->field(each.field, 1), expected) << each.name;
    EXPECT_THROW(engine->set_values(each.field, 1, before.size() - 1, two), ConfigError) << each.name;
    EXPECT_THROW(engine->gather(each.field, 2, indices, gathered), ConfigError) << each.name;
  }
}

TEST_P(SavedAttentionOn, AdvancesFromWhatWasReplaced) {
  const NetworkCase network = small_case();
  const auto engine = busy(network);
  const std::vector<float> far{2.0f};
  engine->set_values(Field::query, 1, 2, far);
  engine->advance(Phase::delay, 0, 0.002);
  // Nothing drives it: it decays with tau_input.
  EXPECT_NEAR(engine->field(Field::query, 1)[2], 2 * std::exp(-0.002 / network.parameters.tau_input), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Backends, SavedAttentionOn, testing::Values(Backend::cpu, Backend::cuda),
                         [](const auto& each) { return std::string(to_string(each.param)); });

class NetworkAttentionSave : public testing::Test {
 protected:
  static constexpr int layers = 2, heads = 2, width = 4, most = 5;
  using Network = NetworkAttention<double>;

  static std::unique_ptr<Network> make(int of_layers = layers, bool is_causal = true) {
    NetworkOptions options;
    options.parameters = tests::brisk_parameters(Solver::rk4);
    options.backend = Backend::cpu;
    return std::make_unique<Network>(transformer::AttentionShape{of_layers, heads, width, most, is_causal}, options);
  }
  /// Reads one token of all layers; returns what the last layer answers.
  static std::vector<double> read(Network& network, int token) {
    std::vector<double> input(heads * width), output(heads * width);
    for (int layer = 0; layer < network.shape().layers; ++layer) {
      for (std::size_t i = 0; i < input.size(); ++i) input[i] = std::sin(double(i) + 3 * token + 7 * layer);
      network.attend(layer, token, 1, input.data(), input.data(), input.data(), output.data());
    }
    return output;
  }
  static std::string saved(const Network& network) {
    std::ostringstream out;
    network.save(out);
    return out.str();
  }
  static void load(Network& network, const std::string& state) {
    std::istringstream in(state);
    network.load(in);
  }
};

TEST_F(NetworkAttentionSave, GoesOnBetweenTwoTokens) {
  const auto whole = make(), later = make();
  for (int token = 0; token < 3; ++token) read(*whole, token);
  const std::string state = saved(*whole);
  EXPECT_LE(double(state.size()), 1.5 * whole->saved_bytes() + 1e4);
  load(*later, state);
  for (int token = 3; token < most; ++token) EXPECT_EQ(read(*whole, token), read(*later, token)) << token;
}

TEST_F(NetworkAttentionSave, OfNoTokenIsThatOfANewOne) {
  const auto fresh = make(), used = make();
  read(*used, 0);
  load(*used, saved(*fresh));
  EXPECT_EQ(read(*fresh, 0), read(*used, 0));
}

TEST_F(NetworkAttentionSave, RefusesWhatIsNotItsState) {
  const auto network = make();
  read(*network, 0);
  const std::string state = saved(*network);
  for (std::size_t size = 0; size < state.size(); size += 97)
    EXPECT_THROW(load(*make(), state.substr(0, size)), FileError) << size;
  EXPECT_THROW(load(*make(3), state), FileError);
  EXPECT_THROW(load(*make(layers, false), state), ConfigError);
  std::string other = state;
  other[0] = char(other[0] ^ 1);
  EXPECT_THROW(load(*make(), other), FileError);
  other = state;
  other[23] = 1;  // many more tokens than there are
  EXPECT_THROW(load(*make(), other), FileError);
}

}  // namespace
}  // namespace tripartite::attention
