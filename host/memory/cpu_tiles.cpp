#include "host/memory/cpu_tiles.hpp"

#include <algorithm>

#include "host/linear_algebra/product.hpp"

namespace tripartite::memory::cpu {

using linear_algebra::Stored;

template <class Real>
TileWorker<Real>::TileWorker(const Patterns& patterns, const Kernels<Real>& kernels, int stages)
    : patterns_(patterns),
      kernels_(kernels),
      drives_(std::size_t(stages) * tile * tile),
      mirrored_(std::size_t(stages) * tile * tile),
      left_(std::size_t(tile) * pattern_tile),
      right_(std::size_t(tile) * pattern_tile),
      product_(std::size_t(tile) * pattern_tile),
      few_(std::size_t(stages + 1) * tile * few_most) {}

template <class Real>
std::size_t TileWorker<Real>::bytes(int stages) {
  return std::size_t(2 * stages * tile + 3 * pattern_tile + (stages + 1) * few_most) * tile * sizeof(Real);
}

template <class Real>
int TileWorker<Real>::rows_of(int panel) const {
  return std::min(tile, patterns_.neurons() - first_of(panel));
}

template <class Real>
int TileWorker<Real>::columns_of(int panel) const {
  return int(padded(rows_of(panel)));
}

template <class Real>
void TileWorker<Real>::unpack(int panel, std::int64_t first, int count, bool with_padding, const Real* factor,
                              Real* to) {
  kernels_.unpack(patterns_.row(first_of(panel)), patterns_.words(), first, count, rows_of(panel),
                  with_padding ? columns_of(panel) : rows_of(panel), factor, to, pattern_tile);
}

template <class Real>
void TileWorker<Real>::make_drives(int row_panel, int column_panel, bool with_mirrored,
                                   std::span<const Real* const> factors) {
  const int rows = rows_of(row_panel), columns = columns_of(column_panel);
  for (std::size_t q = 0; q < factors.size(); ++q) {
    Real* out = drive(int(q));
    if (patterns_.count() == 0 || factors[q] == nullptr) std::fill_n(out, std::size_t(rows) * tile, Real(0));
  }
  for (std::int64_t first = 0; first < patterns_.count(); first += pattern_tile) {
    const int count = int(std::min<std::int64_t>(pattern_tile, patterns_.count() - first));
    bool is_unpacked = false;
    for (std::size_t q = 0; q < factors.size(); ++q) {
      if (factors[q] == nullptr) continue;
      if (!is_unpacked) unpack(column_panel, first, count, true, nullptr, right_.data());
      is_unpacked = true;
      unpack(row_panel, first, count, false, factors[q] + first, left_.data());
      linear_algebra::multiply<Real>(rows, columns, count, Real(1), left_.data(), pattern_tile, Stored::transposed,
                                     right_.data(), pattern_tile, Real(first > 0 ? 1 : 0), drive(int(q)), tile);
    }
  }
  if (with_mirrored)
    for (std::size_t q = 0; q < factors.size(); ++q)
      kernels_.transpose(drive(int(q)), rows, columns, false, mirrored(int(q)), tile);
}

template <class Real>
void TileWorker<Real>::project(int row_panel, int column_panel, bool with_mirrored, double* sum) {
  const int rows = rows_of(row_panel), columns = columns_of(column_panel);
  if (with_mirrored) kernels_.transpose(mirrored(0), rows_of(column_panel), rows, true, drive(0), tile);
  const Real weight = row_panel != column_panel && !with_mirrored ? 2 : 1;
  for (std::int64_t first = 0; first < patterns_.count(); first += pattern_tile) {
    const int count = int(std::min<std::int64_t>(pattern_tile, patterns_.count() - first));
    const int whole = (count + 63) / 64 * 64;  // the excess columns hold bits of no pattern
    unpack(column_panel, first, count, true, nullptr, right_.data());
    linear_algebra::multiply<Real>(rows, whole, columns, weight, drive(0), tile, Stored::as_is, right_.data(),
                                   pattern_tile, Real(0), product_.data(), pattern_tile);
    kernels_.contract(patterns_.row(first_of(row_panel)), patterns_.words(), first, count, rows, product_.data(),
                      pattern_tile, sum + first);
  }
}

template <class Real>
const Real* TileWorker<Real>::make_few(int panel, const Real* factor, int place) {
  Real* to = few_.data() + std::size_t(place) * tile * few_most;
  kernels_.unpack(patterns_.row(first_of(panel)), patterns_.words(), 0, int(patterns_.count()), rows_of(panel),
                  rows_of(panel), factor, to, few_most);
  return to;
}

template <class Real>
void TileWorker<Real>::overlap(int panel, const Real* phi, double* sum) {
  for (std::int64_t first = 0; first < patterns_.count(); first += pattern_tile) {
    const int count = int(std::min<std::int64_t>(pattern_tile, patterns_.count() - first));
    unpack(panel, first, count, false, nullptr, right_.data());
    linear_algebra::multiply<Real>(1, count, rows_of(panel), Real(1), phi, tile, Stored::as_is, right_.data(),
                                   pattern_tile, Real(0), product_.data(), pattern_tile);
    for (int k = 0; k < count; ++k) sum[first + k] += double(product_.data()[k]);
  }
}

template class TileWorker<float>;
template class TileWorker<double>;

}  // namespace tripartite::memory::cpu
