// What `tripartite network` is told of its inputs and recordings, and what it refuses.
#include "host/config/network_parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "tripartite/error.hpp"

namespace tripartite::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;

NetworkConfig read(const std::string& document) {
  Settings settings(network_parameters().parameters());
  settings.read_document(document, "net.toml");
  return network_parameters().resolve(settings);
}

std::string refusal(const std::string& document) {
  try {
    read(document);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(NetworkParameters, TakeInputsOfEachGroup) {
  const NetworkConfig c = read(
      "[excitatory_input]\nneurons = \"first 3\"\nvalues = [0, 4, 0]\ntimes = [0, 1, 2]\n"
      "[inhibitory_input]\nspikes = \"poisson\"\nrates = [20]\nweight = -0.5\ntau_s = 0.005\n");
  EXPECT_EQ(c.excitatory_input.values, (std::vector<double>{0, 4, 0}));
  EXPECT_EQ(c.excitatory_input.neurons, "first 3");
  EXPECT_EQ(c.inhibitory_input.spikes, SpikeInput::poisson);
  EXPECT_EQ(c.inhibitory_input.weight, -0.5);
  EXPECT_EQ(c.inhibitory_input.filter.front(), 0.005);
}

TEST(NetworkParameters, RefuseInputsThatAreIncomplete) {
  EXPECT_THAT(refusal("[excitatory_input]\nvalues = [0, 4]\n"),
              AllOf(HasSubstr("excitatory_input.times"), HasSubstr("as many as excitatory_input.values")));
  EXPECT_THAT(refusal("[excitatory_input]\nvalues = [0, 4]\ntimes = [1, 2]\n"),
              AllOf(HasSubstr("net.toml:3: excitatory_input.times = [1.0, 2.0]"), HasSubstr("begin at 0")));
  EXPECT_THAT(refusal("[excitatory_input]\nspikes = \"file\"\n"),
              AllOf(HasSubstr("excitatory_input.spikes"), HasSubstr("excitatory_input.file must name the file")));
  EXPECT_THAT(refusal("[excitatory_input]\nspikes = \"regular\"\nrates = [2000]\n"),
              AllOf(HasSubstr("excitatory_input.rates"), HasSubstr("one regular spike per solver.dt")));
}

TEST(NetworkParameters, RefuseWhatAnInputWouldIgnore) {
  for (const char* line : {"weight = 2", "tau_s = 0.1", "rates = [5]", "trains = 3", "file = \"a.h5\""})
    EXPECT_THAT(refusal(std::string("[excitatory_input]\n") + line + "\n"),
                AllOf(HasSubstr("excitatory_input.spikes = \"none\""), HasSubstr("is given")))
        << line;
  EXPECT_THAT(refusal("[inhibitory_input]\nspikes = \"file\"\nfile = \"a.h5\"\nrates = [5]\n"),
              HasSubstr("inhibitory_input.rates is given"));
  EXPECT_THAT(refusal("[population]\nexcitatory = 1\n[inhibitory_input]\nvalues = [5]\n"),
              AllOf(HasSubstr("population.excitatory = 1"), HasSubstr("no neuron is inhibitory")));
}

TEST(NetworkParameters, RefuseNeuronsThatAreNotInTheGroup) {
  EXPECT_THAT(refusal("[population]\nneurons = 10\n[inhibitory_input]\nneurons = \"0:3\"\n"),
              AllOf(HasSubstr("net.toml:4: inhibitory_input.neurons"), HasSubstr("more than there are: 2")));
}

TEST(NetworkParameters, CheckSelectionsWithoutListingThem) {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const NetworkConfig config = read("[population]\nneurons = 1e8\n[recording]\nfields = [\"nu\"]\nneurons = \"all\"\n");
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(config.neurons, 100'000'000);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 50'000);  // KiB; a list of them takes 800 MB
}

TEST(NetworkParameters, TakeRecordedFieldsAndElements) {
  const NetworkConfig c = read("[recording]\nfields = [\"nu\", \"I_ext\", \"r\", \"h_s\"]\nneurons = \"10:20, 99\"\n");
  EXPECT_EQ(c.recording.fields.size(), 4U);
  EXPECT_EQ(c.recording.neurons, "10:20, 99");
}

TEST(NetworkParameters, NameTheNearestField) {
  EXPECT_THAT(refusal("[recording]\nfields = [\"nu\", \"Gama_S\"]\n"),
              AllOf(HasSubstr("net.toml:2: recording.fields"), HasSubstr("no field Gama_S (did you mean Gamma_S?)"),
                    HasSubstr("expected some of nu, I_ext, z, u, x")));
}

TEST(NetworkParameters, RefuseElementsThatAreNotRecorded) {
  EXPECT_THAT(refusal("[recording]\nfields = [\"nu\"]\nsynapses = \"first 3\"\n"),
              AllOf(HasSubstr("recording.synapses = \"first 3\""), HasSubstr("has no field of these")));
  EXPECT_THAT(refusal("[recording]\nneurons = \"100\"\n"),
              AllOf(HasSubstr("recording.neurons"), HasSubstr("more than there are: 100")));
  EXPECT_THAT(refusal("[recording]\nsynapses = \"last 3\"\n"), HasSubstr("chooses no elements"));
}

}  // namespace
}  // namespace tripartite::config
