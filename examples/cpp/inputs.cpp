// inputs: what enters a population, how it is integrated, saved and loaded, and how errors are told.
#include <cstdio>
#include <memory>
#include <sstream>
#include <vector>

#include "tripartite/calcium/gchi.hpp"
#include "tripartite/error.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

using namespace tripartite;

NetworkSetup setup_of_chosen_model() {
  NetworkSetup setup;
  const Model& synapse = find_calcium_model("li_rinzel").synapse();
  const auto synapses = setup.add(synapse, 100, "synapses");

  setup[synapses]
      .set("O_beta", 0.6)     // a parameter of all elements [uM/s]
      .set("flux", "smooth")  // an option
      .start("I", 0.3);       // an initial value of all elements [uM]
  std::vector<double> threshold;
  for (int i = 0; i < 100; ++i) threshold.push_back(0.2 + 0.003 * i);
  setup[synapses].vary("C_Theta", threshold);  // a parameter with a value per element [uM]

  setup.method = integrate::Method::rk4;
  setup.dt = 0.5e-3;  // [s]
  setup.slow_every = 4;
  setup.backend = Backend::cpu;
  setup.precision = Precision::float64;
  setup.threads = 2;
  return setup;
}

void drive_by_signals(NetworkSetup setup) {
  InputSetup& rate = setup[0].input("rate");
  rate.common = {.mean = 5, .amplitude = 4, .frequency = 0.5};  // [1/s]
  rate.factor.assign(100, 1);
  rate.factor[7] = 2;  // element 7 sees twice the signal

  const auto network = make_network(setup);
  network->advance(1);
  network->set_common(0, "rate", {});  // silence from now on
  network->advance(1);
  std::printf("signals: mean calcium %.4g uM\n", network->mean(network->field("synapses", "C")));
}

void drive_by_spikes(NetworkSetup setup) {
  const Schedule rate({{0, {.mean = 20}}, {2000, {}}});  // 20 /s for 2000 steps, then nothing
  const std::uint64_t seed = 1, trains = 0;              // 0: a train for every element
  setup[0].spikes = std::make_shared<PoissonSpikes>(rate, setup.dt, seed, trains, std::vector<double>{});
  const auto network = make_network(setup);
  network->advance(0.5);

  const std::vector<SpikeTrains::Spike> spikes{{.time = 0.6, .train = 0}, {.time = 0.7, .train = 1}};
  network->set_spikes(0, std::make_shared<SpikeTrains>(spikes, 2, setup.dt));
  network->advance(0.5);
  std::printf("spikes: mean calcium %.4g uM\n", network->mean(network->field("synapses", "C")));
}

bool continues_from_a_saved_state(const NetworkSetup& setup) {
  const auto network = make_network(setup);
  network->advance(0.5);
  std::stringstream saved;  // or a std::fstream opened with std::ios::binary
  network->save(saved);
  network->advance(0.5);

  const auto other = make_network(setup);  // the same setup
  other->load(saved);
  other->advance(0.5);

  const std::size_t calcium = network->field("synapses", "C");
  std::vector<double> expected(network->fields()[calcium].size), found(expected.size());
  network->read(calcium, 0, expected);
  other->read(calcium, 0, found);
  return found == expected && other->time() == network->time();
}

void read_and_write(Network& network) {
  for (const Field& field : network.fields())
    std::printf("%s.%s [%s]: %s\n", field.population.c_str(), field.name.c_str(), field.unit.c_str(),
                field.meaning.c_str());

  const std::size_t calcium = network.field("synapses", "C");
  const std::vector<std::uint64_t> few{3, 14, 15};
  std::vector<double> values(few.size());
  network.gather(calcium, few, values);

  const std::vector<double> rest(100, 0.08);
  network.write(calcium, 0, rest);
}

bool tells_what_is_wrong(NetworkSetup setup) {
  try {
    setup[0].set("O_bta", 0.6);
  } catch (const ConfigError& error) {
    std::printf("%s\n", error.what());
    return true;
  }
  return false;
}

int main() try {
  const NetworkSetup setup = setup_of_chosen_model();
  drive_by_signals(setup);
  drive_by_spikes(setup);
  read_and_write(*make_network(setup));
  return continues_from_a_saved_state(setup) && tells_what_is_wrong(setup) ? 0 : 1;
} catch (const Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
