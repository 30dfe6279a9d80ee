#include "host/network/fingerprint.hpp"

#include <span>

namespace tripartite {
namespace {

/// FNV-1a over the bytes of what is added; an array counts with its length.
class Hash {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) { add_bytes(std::as_bytes(std::span<const T>(&value, 1))); }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.size());
    add_bytes(std::as_bytes(std::span<const T>(values)));
  }
  void add(std::string_view text) {
    add(text.size());
    add_bytes(std::as_bytes(std::span(text)));
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_bytes(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) value_ = (value_ ^ std::uint64_t(byte)) * 0x100'0000'01B3ULL;
  }
  std::uint64_t value_ = 0xCBF2'9CE4'8422'2325ULL;
};

void add(Hash& hash, const PopulationSetup& population) {
  hash.add(std::string_view(population.name));
  hash.add(population.model->description.name);
  hash.add(population.size);
  hash.add(population.parameters);
  hash.add(population.options);
  hash.add(population.varied.size());
  for (const Varied& varied : population.varied) {
    hash.add(varied.parameter);
    hash.add(varied.values);
  }
  for (const InputSetup& input : population.inputs) {
    hash.add(input.factor);
    hash.add(input.base.size());
  }
}

void add(Hash& hash, const Projection& projection) {
  hash.add(projection.kind);
  hash.add(projection.source);
  hash.add(projection.target);
  hash.add(std::string_view(projection.from));
  hash.add(std::string_view(projection.to));
  hash.add(projection.index);
  hash.add(projection.weight);
  hash.add(projection.pairs.size());
  for (const auto& [a, b] : projection.pairs) {
    hash.add(a);
    hash.add(b);
  }
}

}  // namespace

std::uint64_t fingerprint(const NetworkSetup& setup) {
  Hash hash;
  hash.add(setup.method);
  hash.add(setup.coupling);
  hash.add(setup.dt);
  hash.add(setup.substeps);
  hash.add(setup.slow_every);
  hash.add(setup.relative_tolerance);
  hash.add(setup.absolute_tolerance);
  hash.add(setup.populations.size());
  for (const PopulationSetup& population : setup.populations) add(hash, population);
  hash.add(setup.projections.size());
  for (const Projection& projection : setup.projections) add(hash, projection);
  return hash.value();
}

}  // namespace tripartite
