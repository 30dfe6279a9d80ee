#pragma once

#include <cstddef>

#include "tripartite/attention/state.hpp"
#include "tripartite/host_device.hpp"

namespace tripartite::attention::cuda {

/// Heads and (with up to one more for each astrocyte) rows lie along directions of grids that reach no further.
inline constexpr int most_width = 32767, most_heads = 65535;

/// The heads of one device. Head-major everywhere: neuron j of head n is n * hidden + j, synapse (i, j) of head n is
/// (n * width + i) * hidden + j, astrocyte a of head n is n * astrocytes + a.
struct Shape {
  int heads = 0;
  int width = 0;       // d
  int hidden = 0;      // m
  int astrocytes = 1;  // per head

  TRIPARTITE_HD std::size_t hidden_neurons() const { return std::size_t(heads) * hidden; }
  TRIPARTITE_HD std::size_t output_neurons() const { return std::size_t(heads) * width; }
  TRIPARTITE_HD std::size_t synapses() const { return output_neurons() * hidden; }
  TRIPARTITE_HD std::size_t all_astrocytes() const { return std::size_t(heads) * astrocytes; }

  /// Elements of a field in one head.
  std::size_t size(Extent extent) const {
    switch (extent) {
      case Extent::width: return std::size_t(width);
      case Extent::hidden: return std::size_t(hidden);
      case Extent::synapse: return std::size_t(width) * hidden;
    }
    return 0;
  }

  /// The astrocyte of its head that owns row i; docs/models.md: whole rows. 32-bit: width is at most most_width.
  TRIPARTITE_HD int astrocyte_of(int row) const { return int(unsigned(row) * unsigned(astrocytes) / unsigned(width)); }
  /// The rows of an astrocyte are [first_row(a), first_row(a + 1)).
  TRIPARTITE_HD int first_row(int astrocyte) const {
    return int((unsigned(astrocyte) * unsigned(width) + unsigned(astrocytes) - 1) / unsigned(astrocytes));
  }
  TRIPARTITE_HD int rows_of(int astrocyte) const { return first_row(astrocyte + 1) - first_row(astrocyte); }
};

}  // namespace tripartite::attention::cuda
