#pragma once

#include <string>
#include <vector>

#include "host/io/hdf5_handle.hpp"

namespace tripartite::io::detail {

/// How elements of type T lie in memory and in files.
template <class T>
Handle element_type();

/// Text in a file may be of fixed or variable length, numbers of any size; empty if elements stored as `stored` can be
/// read as T, else what they are.
template <class T>
std::string why_unreadable(hid_t stored);

/// A dataset or an attribute, opened; the functions return false when HDF5 reports an error.
struct Storage {
  hid_t id = H5I_INVALID_HID;
  bool is_attribute = false;

  Handle type() const;
  Handle space() const;
  bool read_raw(hid_t memory_type, void* values) const;
  bool write_raw(hid_t memory_type, const void* values) const;
};

template <class T>
bool read_values(const Storage& storage, std::vector<T>& values);  // as many as `values` has
template <class T>
bool write_values(const Storage& storage, const T* values, std::size_t count);

}  // namespace tripartite::io::detail
