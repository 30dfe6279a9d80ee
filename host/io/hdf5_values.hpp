#pragma once

#include <cstdint>
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

/// As many as `values` has. What it returns is why they cannot be read, empty if they can. Texts of variable length,
/// which may refer to the same bytes any number of times, may take at most `most_bytes`: HDF5 1.10 writes beyond its
/// buffers where their sizes are damaged, so that a process of their own reads them.
template <class T>
std::string read_values(const Storage& storage, std::vector<T>& values, std::uint64_t most_bytes);
template <class T>
bool write_values(const Storage& storage, const T* values, std::size_t count);

}  // namespace tripartite::io::detail
