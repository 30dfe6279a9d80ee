// What enters the neurons of `tripartite network`, and what recordings.h5 then holds, against closed forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "host/config/network_parameters.hpp"
#include "host/io/hdf5_file.hpp"
#include "host/io/sonata_spikes.hpp"
#include "host/simulation/network.hpp"
#include "io/temporary_directory.hpp"
#include "simulation/silent_listener.hpp"
#include "tripartite/error.hpp"

namespace tripartite::simulation {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// 10 neurons, 8 of them excitatory, without connections; a frame at every step.
config::NetworkConfig unconnected() {
  config::NetworkConfig c;
  c.neurons = 10;
  c.indegree = 0;
  c.astrocytes = 1;
  c.duration = 0.1;
  c.recording.interval = c.stepping.dt;
  c.recording.fields = {"nu", "I_ext"};
  c.recording.neurons = "all";
  c.execution.backend = Backend::cpu;
  c.execution.precision = Precision::float64;
  return c;
}

class NetworkRuns : public testing::Test {
 protected:
  void run(const config::NetworkConfig& c) {
    config::network_parameters().validate(c);
    SilentListener listener;
    NetworkRun network(c, listener);
    network.run(directory_.path());
    result = network.result();
  }
  std::string refusal(const config::NetworkConfig& c) {
    try {
      run(c);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }
  /// [frames][elements]
  std::vector<std::vector<double>> recorded(const std::string& field) const {
    const auto data =
        io::Hdf5File::open(directory_.path() / "recordings.h5").read<double>("/report/" + field + "/data");
    std::vector<std::vector<double>> frames;
    for (std::size_t k = 0; k < data.shape[0]; ++k)
      frames.emplace_back(data.values.begin() + std::ptrdiff_t(k * data.shape[1]),
                          data.values.begin() + std::ptrdiff_t((k + 1) * data.shape[1]));
    return frames;
  }
  std::vector<std::uint64_t> nodes(const std::string& field) const {
    return io::Hdf5File::open(directory_.path() / "recordings.h5")
        .read<std::uint64_t>("/report/" + field + "/mapping/node_ids")
        .values;
  }
  std::vector<std::string> fields() const {
    return io::Hdf5File::open(directory_.path() / "recordings.h5").names("/report");
  }

  const TemporaryDirectory directory_;
  NetworkResult result;
};

TEST_F(NetworkRuns, PiecewiseInputChangesAtItsTimesInItsGroupAlone) {
  config::NetworkConfig c = unconnected();
  c.excitatory_input.neurons = "2:4, 7";
  c.excitatory_input.values = {0, 5, -2};
  c.excitatory_input.times = {0, 0.02, 0.05};
  c.inhibitory_input.values = {1.5};
  run(c);
  const auto frames = recorded("I_ext");
  ASSERT_EQ(frames.size(), 101U);
  for (const auto& [step, value] : {std::pair(0, 0.0), {19, 0}, {20, 5}, {49, 5}, {50, -2}, {100, -2}})
    for (std::size_t i = 0; i < 10; ++i) {
      const bool is_chosen = i == 2 || i == 3 || i == 7;
      EXPECT_FLOAT_EQ(float(frames[std::size_t(step)][i]), float(3 + (is_chosen ? value : 0) + (i >= 8 ? 1.5 : 0)))
          << step << " " << i;
    }
}

TEST_F(NetworkRuns, PiecewiseInputActsFromItsTimeOnWithEveryMethod) {
  // τ_ν ν' = -ν + F(I): between changes ν approaches F exponentially.
  for (const auto method :
       {integrate::Method::exponential_euler, integrate::Method::rk4, integrate::Method::dormand_prince}) {
    config::NetworkConfig c = unconnected();
    c.stepping.method = method;
    c.excitatory_input.values = {0, 8};
    c.excitatory_input.times = {0, 0.05};
    run(c);
    const auto response = [](double z) { return 60 / (1 + std::exp(-(z - 10) / 1.5)); };
    const double middle = response(3) + (1 - response(3)) * std::exp(-0.05 / 0.02);
    const double last = response(11) + (middle - response(11)) * std::exp(-0.05 / 0.02);
    const auto frames = recorded("nu");
    EXPECT_NEAR(frames[50][0], middle, 1e-5) << to_string(method);
    EXPECT_NEAR(frames[100][0], last, 1e-4) << to_string(method);
    EXPECT_NEAR(frames[100][9], response(3) + (1 - response(3)) * std::exp(-0.1 / 0.02), 1e-5) << to_string(method);
  }
}

TEST_F(NetworkRuns, RegularSpikesFollowTheIntegralOfTheirRate) {
  config::NetworkConfig c = unconnected();
  c.excitatory_input.spikes = config::SpikeInput::regular;
  c.excitatory_input.rates = {100, 0, 50};  // spikes at 10, 20 ms; half a spike until 25 ms, the rest by 40 + 10 ms
  c.excitatory_input.rate_times = {0, 0.025, 0.04};
  c.excitatory_input.weight = 0.25;
  c.excitatory_input.filter = {0.004};
  run(c);
  const auto frames = recorded("I_ext");
  for (std::size_t step = 0; step <= 100; ++step) {
    double expected = 3;
    for (const int spike : {10, 20, 50, 70, 90})
      if (int(step) >= spike) expected += 0.25 / 0.004 * std::exp(-(double(step) - spike) * 1e-3 / 0.004);
    EXPECT_NEAR(frames[step][0], expected, 1e-5 * expected) << step;
    EXPECT_EQ(frames[step][9], 3) << step;
  }
}

TEST_F(NetworkRuns, SpikesOfAFileReachTheNeuronsOfTheirNodes) {
  {
    io::SonataSpikes spikes(directory_.path() / "in.h5", "inputs");
    spikes.append({{0.01, 0.03}, {1, 0}});
    spikes.close();
  }
  config::NetworkConfig c = unconnected();
  c.excitatory_input.neurons = "4:7";  // listen to nodes 0, 1, 0
  c.excitatory_input.spikes = config::SpikeInput::file;
  c.excitatory_input.file = (directory_.path() / "in.h5").string();
  run(c);
  const auto last = recorded("I_ext").back();
  for (std::size_t i = 0; i < 10; ++i) {
    const double since = i == 4 || i == 6 ? 0.07 : 0.09;
    const double filtered = i >= 4 && i < 7 ? std::exp(-since / 0.01) / 0.01 : 0;
    EXPECT_NEAR(last[i], 3 + filtered, 1e-5) << i;
  }
}

TEST_F(NetworkRuns, PoissonSpikesHaveTheMeanOfTheirRateAndDifferBetweenNeurons) {
  config::NetworkConfig c = unconnected();
  c.neurons = 1000;
  c.excitatory = 0.5;
  c.duration = 1;
  for (config::GroupInput* input : {&c.excitatory_input, &c.inhibitory_input}) {
    input->spikes = config::SpikeInput::poisson;
    input->rates = {40};
    input->weight = 0.5;
  }
  run(c);
  const auto frames = recorded("I_ext");
  double sum = 0;
  std::size_t count = 0, alike = 0;
  for (std::size_t step = 100; step < frames.size(); ++step)  // ten τ_s after the beginning
    for (std::size_t i = 0; i < 1000; ++i, ++count) {
      sum += frames[step][i] - 3;
      alike += i < 500 && frames[step][i] == frames[step][i + 500] && frames[step][i] > 3.001 ? 1 : 0;
    }
  // A frame is just behind the spikes of its step; until the next one s decays. 36 000 spikes: 0.5 % standard
  // deviation.
  const double decay = c.stepping.dt / 0.01, mean_of_step = (1 - std::exp(-decay)) / decay;
  EXPECT_NEAR(mean_of_step * sum / double(count), 0.5 * 40, 0.02 * 20);
  EXPECT_LT(alike, count / 1000);
  c.excitatory_input.trains = 1;
  c.duration = 0.2;
  run(c);
  for (const auto& frame : recorded("I_ext")) EXPECT_EQ(frame[0], frame[499]);
}

TEST_F(NetworkRuns, RecordsChosenFieldsOfChosenElements) {
  config::NetworkConfig c;
  c.neurons = 20;
  c.indegree = 5;
  c.p_third = 0.5;
  c.astrocytes = 4;
  c.pool_size = 4;
  c.pool_type = network::PoolType::random;
  c.duration = 0.1;
  c.execution.backend = Backend::cpu;
  c.execution.precision = Precision::float64;
  c.recording.fields = {"nu", "u", "x", "Gamma_S", "r", "flow", "u_bare", "x_bare", "r_bare", "I_s"};
  c.recording.neurons = "all";
  c.recording.synapses = "first 3";
  c.recording.bare_synapses = "5, 1:3";
  c.recording.astrocytes = "every 2";
  run(c);
  EXPECT_THAT(fields(), testing::UnorderedElementsAreArray(c.recording.fields));
  EXPECT_THAT(nodes("r"), ElementsAre(0, 1, 2));
  EXPECT_THAT(nodes("u_bare"), ElementsAre(1, 2, 5));
  EXPECT_THAT(nodes("I_s"), ElementsAre(0, 2));
  EXPECT_EQ(nodes("nu").size(), 20U);
  const auto u = recorded("u").back(), x = recorded("x").back(), bound = recorded("Gamma_S").back();
  const auto r = recorded("r").back(), flow = recorded("flow").back(), nu = recorded("nu").back();
  const auto u_bare = recorded("u_bare").back(), x_bare = recorded("x_bare").back(), r_bare = recorded("r_bare").back();
  const auto edges = io::Hdf5File::open(directory_.path() / "edges.h5");
  const auto pre = edges.read<std::uint64_t>("/edges/neurons_to_neurons/source_node_id").values;
  const auto astrocyte = edges.read<std::int64_t>("/edges/neurons_to_neurons/0/astrocyte").values;
  std::vector<std::uint64_t> pre_of_tripartite;
  for (std::size_t e = 0; e < pre.size(); ++e)
    if (astrocyte[e] >= 0) pre_of_tripartite.push_back(pre[e]);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_GT(u[k], 0);
    const double expected = (u[k] + 0.6 * (1 - bound[k]) * (1 - u[k])) * x[k];  // U_0* = 0.6, α = 0
    EXPECT_NEAR(r[k], expected, 1e-6);
    EXPECT_NEAR(flow[k], expected * nu[pre_of_tripartite[k]], 1e-5);
    EXPECT_NEAR(r_bare[k], (u_bare[k] + 0.6 * (1 - u_bare[k])) * x_bare[k], 1e-6);
  }
}

TEST_F(NetworkRuns, RecordsTheWholeInputOfNeurons) {
  config::NetworkConfig c;
  c.neurons = 20;
  c.indegree = 5;
  c.p_third = 0.5;
  c.astrocytes = 4;
  c.duration = 0.1;
  c.efficacy_inhibitory = -0.7;
  c.execution.backend = Backend::cpu;
  c.execution.precision = Precision::float64;
  c.recording.fields = {"z", "I_ext", "flow", "flow_bare"};
  c.recording.neurons = "2, 17";
  c.recording.synapses = c.recording.bare_synapses = "all";
  run(c);
  const auto z = recorded("z").back(), external = recorded("I_ext").back();
  const auto flow = recorded("flow").back(), flow_bare = recorded("flow_bare").back();
  const auto edges = io::Hdf5File::open(directory_.path() / "edges.h5");
  const auto post = edges.read<std::uint64_t>("/edges/neurons_to_neurons/target_node_id").values;
  const auto efficacy = edges.read<double>("/edges/neurons_to_neurons/0/J").values;
  const auto astrocyte = edges.read<std::int64_t>("/edges/neurons_to_neurons/0/astrocyte").values;
  std::vector<double> expected(external);
  std::size_t tripartite = 0, bare = 0;
  for (std::size_t e = 0; e < post.size(); ++e) {
    const double brought = efficacy[e] * (astrocyte[e] < 0 ? flow_bare[bare++] : flow[tripartite++]);
    if (post[e] == 2) expected[0] += brought;
    if (post[e] == 17) expected[1] += brought;
  }
  EXPECT_EQ(external, std::vector<double>(2, 3));
  for (std::size_t k = 0; k < 2; ++k) {
    EXPECT_GT(std::abs(expected[k] - 3), 0.05);
    EXPECT_NEAR(z[k], expected[k], 1e-5);
  }
}

TEST_F(NetworkRuns, RecordsAsBeforeUnlessTold) {
  config::NetworkConfig c;
  c.duration = 0.1;
  c.execution.backend = Backend::cpu;
  run(c);
  EXPECT_THAT(fields(), testing::UnorderedElementsAre("nu", "u", "x", "Gamma_S", "I", "C", "C_s"));
  EXPECT_THAT(nodes("nu"), ElementsAre(0, 25, 50, 74, 99));
  EXPECT_EQ(nodes("C_s").size(), 10U);
  c.somata = false;
  c.p_third = 0;
  run(c);
  EXPECT_THAT(fields(), testing::UnorderedElementsAre("nu"));
}

TEST_F(NetworkRuns, RefusesToRecordWhatIsNotThere) {
  config::NetworkConfig c;
  c.duration = 0.1;
  c.p_third = 0;
  c.recording.fields = {"nu", "Gamma_S"};
  EXPECT_THAT(refusal(c), AllOf(HasSubstr("Gamma_S is of synapses"), HasSubstr("has none")));
  c.p_third = 1;
  c.recording.synapses = "1000";
  EXPECT_THAT(refusal(c), AllOf(HasSubstr("recording.synapses = \"1000\""), HasSubstr("more than there are: 1000")));
}

}  // namespace
}  // namespace tripartite::simulation
