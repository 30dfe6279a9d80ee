#include "host/simulation/varied.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>

#include "host/io/hdf5_file.hpp"
#include "host/io/parse_number.hpp"
#include "host/io/text_table.hpp"
#include "tripartite/error.hpp"
#include "tripartite/random/philox.hpp"

namespace tripartite::simulation {
namespace {

ConfigError bad(const std::string& entry, const std::string& expected) {
  return ConfigError(fmt::format("population.varied = \"{}\": {}", entry, expected));
}

double number(const std::string& word, const std::string& entry) {
  const auto value = io::parse_number<double>(word);
  if (!value || !std::isfinite(*value)) throw bad(entry, fmt::format("\"{}\" is no number", word));
  return *value;
}

/// The numbers of a column of a text table: `column`, or the one of the parameter's name, or the only one.
std::vector<double> read_text(const std::string& file, const std::string& parameter, const std::string& column) {
  const io::TextTable table = io::TextTable::read(file);
  if (!table.has_names()) {
    if (!column.empty()) table.fail_names("among them " + column);
    return table.numbers(0);
  }
  const auto found = table.find({column.empty() ? std::string_view(parameter) : std::string_view(column)});
  if (found) return table.numbers(*found);
  if (!column.empty()) table.fail_names("among them " + column);
  if (table.names().size() != 1) table.fail_names("among them " + parameter + ", or name one behind the file");
  return table.numbers(0);
}

std::vector<double> read_list(const std::vector<std::string>& words, const std::string& entry) {
  const std::string& file = words.at(2);
  if (!io::is_hdf5(file)) {
    if (words.size() > 4) throw bad(entry, "expected NAME list FILE.csv [COLUMN], or NAME list FILE.h5 DATASET");
    return read_text(file, words[0], words.size() == 4 ? words[3] : "");
  }
  if (words.size() != 4) throw bad(entry, "expected NAME list FILE.h5 DATASET");
  return io::Hdf5File::open(file).read<double>(words[3]).values;
}

/// A value from a uniform draw in (0, 1) and a standard normal one.
using Law = std::function<double(const random::Philox&, std::uint64_t index, std::uint64_t stream)>;

Law law_of(const std::vector<std::string>& words, const std::string& entry) {
  const std::string& kind = words[1];
  const auto argument = [&](std::size_t i) { return number(words.at(i + 2), entry); };
  const auto require = [&](std::size_t arguments, bool fits, const char* expected) {
    if (words.size() != arguments + 2 || !fits) throw bad(entry, expected);
  };
  if (kind == "uniform") {
    require(2, words.size() == 4 && argument(0) <= argument(1), "expected NAME uniform LOW HIGH with LOW <= HIGH");
    const double low = argument(0), high = argument(1);
    return [low, high](const auto& philox, auto index, auto stream) {
      return low + (high - low) * philox.uniform(index, stream);
    };
  }
  if (kind == "normal") {
    require(2, words.size() == 4 && argument(1) >= 0, "expected NAME normal MEAN SD with SD >= 0");
    const double mean = argument(0), deviation = argument(1);
    return [mean, deviation](const auto& philox, auto index, auto stream) {
      return mean + deviation * philox.normal(index, stream);
    };
  }
  if (kind == "lognormal") {
    require(2, words.size() == 4 && argument(1) >= 0, "expected NAME lognormal MEAN CV with CV >= 0");
    const double mean = argument(0), variation = argument(1);
    return [mean, variation](const auto& philox, auto index, auto stream) {
      return mean * random::log_normal_mean_one(philox.normal(index, stream), variation);
    };
  }
  if (kind == "truncated") {
    require(4, words.size() == 6 && argument(1) > 0 && argument(2) < argument(3),
            "expected NAME truncated MEAN SD LOW HIGH with SD > 0 and LOW < HIGH");
    const double mean = argument(0), deviation = argument(1), low = argument(2), high = argument(3);
    return [=](const random::Philox& philox, std::uint64_t index, std::uint64_t stream) {
      constexpr std::uint64_t tries = 1000;
      for (std::uint64_t again = 0; again < tries; ++again) {
        const double value = mean + deviation * philox.normal(index, stream + (again << 32));
        if (value >= low && value <= high) return value;
      }
      throw bad(entry, "next to nothing of this normal distribution lies between LOW and HIGH");
    };
  }
  throw bad(entry, "expected a distribution: uniform, normal, lognormal, truncated, each or list");
}

std::optional<int> parameter_named(const std::string& name, const VariedElements& elements, const std::string& entry) {
  if (name == "rate") return std::nullopt;
  for (std::size_t i = 0; i < elements.model.parameters.size(); ++i)
    if (name == elements.model.parameters[i].name) return int(i);
  throw bad(entry, fmt::format("\"{}\" is no parameter of {}, nor \"rate\"", name, elements.model.name));
}

/// Streams of random numbers are named after their parameters: adding a parameter to a model changes no other's draws.
std::uint64_t stream_of(const std::string& name) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3;
  constexpr std::uint64_t first_stream = 0x7061'0000'0000'0000;  // apart from those of spikes
  return first_stream + (hash & 0xffff'ffff);                    // tries are counted above
}

}  // namespace

VariedParameter read_varied(const std::string& entry, const VariedElements& elements, std::uint64_t seed) {
  std::istringstream stream(entry);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  if (words.size() < 3) throw bad(entry, "expected a parameter, a distribution and its numbers");
  VariedParameter varied{parameter_named(words[0], elements, entry), {}};
  if (words[1] == "list") {
    varied.values = read_list(words, entry);
    if (varied.values.size() != elements.count)
      throw bad(entry, fmt::format("{} values for {} {}", varied.values.size(), elements.count, elements.plural));
  } else if (words[1] == "each") {
    if (words.size() != elements.populations + 2)
      throw bad(entry, fmt::format("{} values for {} populations", words.size() - 2, elements.populations));
    std::vector<double> values;
    for (std::size_t i = 2; i < words.size(); ++i) values.push_back(number(words[i], entry));
    varied.values.resize(elements.count);
    for (std::size_t i = 0; i < elements.count; ++i) varied.values[i] = values[elements.population(i)];
  } else {
    const Law law = law_of(words, entry);
    const std::uint64_t of_parameter = stream_of(words[0]);
    varied.values.resize(elements.count);
    for (std::size_t i = 0; i < elements.count; ++i) varied.values[i] = law(random::Philox{seed}, i, of_parameter);
  }
  const bool is_positive = varied.parameter && elements.model.parameters[std::size_t(*varied.parameter)].is_positive;
  for (std::size_t i = 0; i < elements.count; ++i)
    if (!(is_positive ? varied.values[i] > 0 : varied.values[i] >= 0))
      throw bad(entry, fmt::format("gives {} to element {} of the {}: must be {} 0", varied.values[i], i,
                                   elements.plural, is_positive ? ">" : ">="));
  return varied;
}

}  // namespace tripartite::simulation
