// Runs many cells with the calcium model of hofer.hpp: alone, as astrocytes, and as the calcium of tripartite synapses.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "hofer.hpp"
#include "tripartite/astrocyte/astrocyte.hpp"
#include "tripartite/network/network.hpp"
#include "tripartite/run/recorder.hpp"
#include "tripartite/synapse/tripartite_synapse.hpp"

namespace {

using namespace tripartite;
using hofer::Hofer;
using integrate::Method;

struct Arguments {
  std::vector<Method> methods{Method::rk4, Method::exponential_euler, Method::dormand_prince};
  Backend backend = Backend::automatic;
  Precision precision = Precision::float32;
  std::size_t elements = 100'000;
  double duration = 20;          // [s]
  std::filesystem::path output;  // folder of the recordings; empty: none
};

constexpr auto usage =
    "usage: own_model [--method rk4|exponential_midpoint|exponential_euler|euler|dormand_prince|rosenbrock]\n"
    "                 [--backend auto|cpu|cuda] [--precision float32|float64] [--elements N]\n"
    "                 [--duration SECONDS] [--output FOLDER]\n"
    "Without --method: rk4, exponential_euler and dormand_prince. --output records calcium to SONATA files.\n";

constexpr double dt = 5e-3;             // [s] of fixed methods
constexpr double frame_interval = 0.1;  // [s]

template <class Value, std::size_t count>
Value chosen(std::string_view word, const Value (&values)[count], std::string_view option) {
  for (const Value value : values)
    if (to_string(value) == word) return value;
  throw std::invalid_argument(std::string(option) + ": does not know " + std::string(word));
}

template <class Number>
Number number(std::string_view word, std::string_view option) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || !(value > 0))
    throw std::invalid_argument(std::string(option) + ": expected a number above 0, not " + std::string(word));
  return value;
}

Arguments parsed(const std::vector<std::string_view>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const std::string_view option = words[i];
    if (i + 1 == words.size()) throw std::invalid_argument(std::string(option) + ": expected a value");
    const std::string_view word = words[i + 1];
    if (option == "--method")
      arguments.methods = {chosen(word, integrate::methods, option)};
    else if (option == "--backend")
      arguments.backend = chosen(word, {Backend::automatic, Backend::cpu, Backend::cuda}, option);
    else if (option == "--precision")
      arguments.precision = chosen(word, {Precision::float32, Precision::float64}, option);
    else if (option == "--elements")
      arguments.elements = number<std::size_t>(word, option);
    else if (option == "--duration")
      arguments.duration = number<double>(word, option);
    else if (option == "--output")
      arguments.output = word;
    else
      throw std::invalid_argument(std::string(option) + ": is not an option");
  }
  return arguments;
}

/// 0 for the first element, 1 for the last.
std::vector<double> ramp(std::size_t elements, double low, double high) {
  std::vector<double> values(elements);
  for (std::size_t i = 0; i < elements; ++i)
    values[i] = low + (high - low) * double(i) / double(std::max<std::size_t>(1, elements - 1));
  return values;
}

/// Astrocytes, each beside a source with IP3 of its own.
void add_astrocytes(NetworkSetup& setup, std::size_t elements) {
  const std::size_t cells = setup.add(model<Astrocyte, Hofer>(), elements, "astrocytes");
  setup[cells].set("exogenous_ip3", "true").set("F_ex", 0.05);
  setup[cells].input("source_ip3").base = ramp(elements, 0, 1.5);
}

/// Synapses whose presynaptic neurons fire between 0.1 and 20 times a second.
void add_synapses(NetworkSetup& setup, std::size_t elements) {
  const std::size_t synapses = setup.add(model<TripartiteSynapse, Hofer>(), elements, "synapses");
  setup[synapses].set("O_beta", 0.05).set("C_Theta", 0.3);
  setup[synapses].vary("k9", ramp(elements, 0.06, 0.1));
  setup[synapses].input("rate").common.mean = 1;
  setup[synapses].input("rate").factor = ramp(elements, 0.1, 20);
}

void simulate(const Arguments& arguments, Method method, const char* population,
              void (*add)(NetworkSetup&, std::size_t)) {
  NetworkSetup setup;
  add(setup, arguments.elements);
  setup.method = method;
  setup.dt = integrate::is_adaptive(method) ? frame_interval : dt;
  setup.relative_tolerance = 1e-4;
  setup.absolute_tolerance = 1e-6;
  setup.backend = arguments.backend;
  setup.precision = arguments.precision;
  const auto network = make_network(std::move(setup));
  const std::size_t calcium = network->field(population, "C");

  std::vector<run::Recorder> recorder;
  if (!arguments.output.empty()) {
    run::Recorded few{.field = calcium, .name = "calcium", .indices = {}, .map = {}, .unit = {}};
    for (std::uint64_t k = 0; k < 5; ++k) few.indices.push_back(k * (arguments.elements - 1) / 4);
    few.indices.erase(std::unique(few.indices.begin(), few.indices.end()), few.indices.end());
    const std::string name = std::string(population) + "_" + std::string(to_string(method)) + ".h5";
    recorder.emplace_back(arguments.output / name, *network, std::vector{few}, frame_interval);
    recorder.front().frame();
  }
  double wall = 0;
  std::size_t events = 0;
  const auto frames = std::llround(arguments.duration / frame_interval);
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    const auto begin = std::chrono::steady_clock::now();
    network->advance(frame_interval);
    wall += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    events += network->take_events().size();
    if (!recorder.empty()) recorder.front().frame();
  }
  if (!recorder.empty()) recorder.front().close();

  std::vector<float> values(arguments.elements);
  network->read(calcium, 0, std::span(values));
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double simulated = double(arguments.elements) * network->time();
  std::printf("%-10s  %-17s  %-4s  %8.4f  %8.4f  %8.4f  %9zu  %12.3g\n", population, to_string(method).data(),
              to_string(network->backend()).data(), *least, network->mean(calcium), *most, events, simulated / wall);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  try {
    arguments = parsed({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "own_model: %s\n%s", error.what(), usage);
    return 2;
  }
  try {
    if (!arguments.output.empty()) std::filesystem::create_directories(arguments.output);
    std::printf("%zu elements, %g s; CPU instruction set %s\n", arguments.elements, arguments.duration,
                to_string(best_instruction_set()).data());
    std::printf("%-10s  %-17s  %-4s  %28s  %9s  %12s\n", "", "", "", "calcium [uM] least mean most", "events",
                "cell s per s");
    for (const Method method : arguments.methods) {
      simulate(arguments, method, "astrocytes", add_astrocytes);
      simulate(arguments, method, "synapses", add_synapses);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "own_model: %s\n", error.what());
    return 1;
  }
}
