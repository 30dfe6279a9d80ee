#pragma once

#include <string>
#include <vector>

#include "host/io/hdf5_handle.hpp"

namespace tripartite::io::detail {

/// The HDF5 types of elements of type T in memory and in files.
template <class T>
Handle element_type();

/// Empty if elements stored as `stored` can be read as T, else a description of the mismatch. Text in a file may have
/// fixed or variable length, numbers any usual size: HDF5 would take bit fields from a damaged file on trust.
template <class T>
std::string why_unreadable(hid_t stored);

/// An open dataset or attribute; the functions return false when HDF5 reports an error.
struct Storage {
  hid_t id = H5I_INVALID_HID;
  bool is_attribute = false;

  Handle type() const;
  Handle space() const;
  bool read_raw(hid_t memory_type, void* values) const;
  bool write_raw(hid_t memory_type, const void* values) const;
};

/// Bytes of all texts of a dataset, which may refer to the same one any number of times; NaN if HDF5 reports an error.
double text_bytes(const Storage& dataset);

template <class T>
bool read_values(const Storage& storage, std::vector<T>& values);  // as many as `values` has
template <class T>
bool write_values(const Storage& storage, const T* values, std::size_t count);

}  // namespace tripartite::io::detail
